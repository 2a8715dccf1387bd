package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.resource.Labels;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which commit of its repository a pod gets, and has got. Pure. */
public final class GitCommit {
    private static final Pattern FULL = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    // In git-sync's line the commit comes last; a revision that is called like one comes before it.
    private static final Pattern SYNCED =
            Pattern.compile(".*updated successfully.*\\b([0-9a-f]{64}|[0-9a-f]{40})\\b.*");

    private GitCommit() {}

    /**
     * Tells whether a revision is a commit that means the same everywhere and for ever.
     *
     * @param revision a revision
     * @return true for a full commit
     */
    public static boolean isFull(String revision) {
        return FULL.matcher(revision).matches();
    }

    /**
     * What a pod's git-sync fetches.
     *
     * @param pod a pod of ours
     * @return a full commit, or the job's revision; empty when the pod gets no code from git
     */
    public static Optional<String> revision(Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getAnnotations()).map(all -> all.get(Labels.CODE_REVISION));
    }

    /**
     * The commit that a pod gets.
     *
     * @param pod a pod of ours
     * @return the full commit, or empty while it is not known
     */
    public static Optional<String> of(Pod pod) {
        return revision(pod).filter(GitCommit::isFull);
    }

    /** Whether a pod gets code from git, and nobody knows yet which. */
    static boolean isOpen(Pod pod) {
        return revision(pod).isPresent() && of(pod).isEmpty();
    }

    /**
     * Tells whether a pod has its code.
     *
     * @param pod a pod of ours
     * @return true when its git-sync has ended well
     */
    public static boolean isFetched(Pod pod) {
        return Containers.init(pod)
                .filter(container -> container.getName().equals(PodNames.CODE))
                .flatMap(container -> Containers.terminated(container).stream())
                .map(ContainerStateTerminated::getExitCode)
                .anyMatch(code -> code != null && code == 0);
    }

    /**
     * Finds the commit that git-sync says it has checked out.
     *
     * @param output lines of git-sync, oldest first
     * @return the full commit of the last such line, or empty
     */
    public static Optional<String> said(List<String> output) {
        return output.stream()
                .map(SYNCED::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .reduce((earlier, later) -> later);
    }
}
