package io.mlengine.backend.k8s.webhook;

import io.mlengine.backend.k8s.pod.GitCommit;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.SecretRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the annotations of a pod ask for. What cannot be read is left out and becomes a warning that names no value. */
final class PodWishes {
    private static final Pattern REPOSITORY = Pattern.compile("(https?|ssh|git)://[^\\s@]+|(ssh://)?[\\w.-]+@[^\\s@]+");
    private static final Pattern CREDENTIALS = Pattern.compile("https?://[^/]*@.*");
    private static final Pattern REVISION = Pattern.compile("[^-\\s]\\S*");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?");
    private static final Pattern OBJECT = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern SECRET = Pattern.compile("secret://([a-z0-9][-a-z0-9.]*)/([-._A-Za-z0-9]+)");
    private static final Pattern CLAIM = Pattern.compile("pvc://([a-z0-9][-a-z0-9.]*)/*(.*?)/*");
    private static final Pattern SIZE = Pattern.compile("[1-9]\\d{0,5}");

    private final Map<String, String> annotations;
    private final List<String> warnings = new ArrayList<>();
    private final SortedMap<String, Claim> inputs = new TreeMap<>();
    private final SortedMap<String, Value> variables = new TreeMap<>();
    private final Optional<Git> git;
    private final Optional<Gang> gang;

    /**
     * Reads the wishes.
     *
     * @param labels the pod's labels
     * @param annotations the pod's annotations
     */
    PodWishes(Map<String, String> labels, Map<String, String> annotations) {
        this.annotations = annotations;
        this.git = readGit();
        lines(PodAnnotations.INPUTS, "name=pvc://claim/path", this::readInput);
        lines(PodAnnotations.VARIABLES, "NAME=text or NAME=secret://secret/key", this::readVariable);
        this.gang = readGang(labels.getOrDefault(PodAnnotations.GANG, ""));
    }

    /**
     * Code from git.
     *
     * @param source where it comes from
     * @param follows whether the checkout follows the revision
     */
    record Git(GitSource source, boolean follows) {}

    /**
     * A place in a volume claim.
     *
     * @param claim the claim
     * @param path path inside, or empty
     */
    record Claim(String claim, String path) {}

    /**
     * The value of a variable: one of the two.
     *
     * @param text text
     * @param secret where it lies
     */
    record Value(@Nullable String text, @Nullable SecretRef secret) {}

    /**
     * Pods that start together.
     *
     * @param name the gang's name
     * @param size number of its pods
     */
    record Gang(String name, int size) {}

    Optional<Git> git() {
        return git;
    }

    SortedMap<String, Claim> inputs() {
        return inputs;
    }

    SortedMap<String, Value> variables() {
        return variables;
    }

    Optional<Gang> gang() {
        return gang;
    }

    List<String> warnings() {
        return warnings;
    }

    private Optional<Git> readGit() {
        String repository = annotation(PodAnnotations.GIT_REPOSITORY);
        if (repository.isEmpty()) {
            return Optional.empty();
        }
        String revision =
                annotations.getOrDefault(PodAnnotations.GIT_REVISION, "HEAD").trim();
        String path = annotation(PodAnnotations.GIT_PATH);
        String credentials = annotation(PodAnnotations.GIT_CREDENTIALS);
        String mode = annotations.getOrDefault(PodAnnotations.GIT_MODE, "once").trim();
        boolean isRight = check(
                        PodAnnotations.GIT_REPOSITORY,
                        !CREDENTIALS.matcher(repository).matches(),
                        "holds credentials: put them into a secret and name it in " + PodAnnotations.GIT_CREDENTIALS)
                && check(
                        PodAnnotations.GIT_REPOSITORY,
                        REPOSITORY.matcher(repository).matches(),
                        "is no URL of a repository that a pod can reach")
                && check(PodAnnotations.GIT_REVISION, REVISION.matcher(revision).matches(), "is no revision")
                && check(PodAnnotations.GIT_PATH, isInside(path), "must stay inside the repository")
                && check(
                        PodAnnotations.GIT_CREDENTIALS,
                        credentials.isEmpty() || OBJECT.matcher(credentials).matches(),
                        "is no name of a secret")
                && check(PodAnnotations.GIT_MODE, List.of("once", "follow").contains(mode), "is not once or follow");
        if (!isRight) {
            return Optional.empty();
        }
        boolean follows = mode.equals("follow");
        if (!follows && !GitCommit.isFull(revision)) {
            warnings.add(PodAnnotations.GIT_REVISION + " is not the id of a commit: pods may see different code");
        }
        GitSource source = GitSource.builder()
                .repository(repository)
                .revision(revision)
                .path(given(path))
                .credentials(given(credentials))
                .build();
        return Optional.of(new Git(source, follows));
    }

    private static Optional<String> given(String text) {
        return Optional.of(text).filter(word -> !word.isEmpty());
    }

    private boolean check(String annotation, boolean isRight, String complaint) {
        if (!isRight) {
            warnings.add(annotation + " " + complaint + "; no code is brought");
        }
        return isRight;
    }

    private void readInput(String name, String source) {
        Matcher claim = CLAIM.matcher(source);
        if (!LABEL.matcher(name).matches() || !claim.matches() || !isInside(claim.group(2))) {
            warnings.add(PodAnnotations.INPUTS + " has a line that is not name=pvc://claim/path; it is left out");
            return;
        }
        inputs.put(name, new Claim(claim.group(1), claim.group(2)));
    }

    private void readVariable(String name, String value) {
        if (!VARIABLE.matcher(name).matches()) {
            warnings.add(PodAnnotations.VARIABLES + " has a name that no variable can have; it is left out");
            return;
        }
        Matcher secret = SECRET.matcher(value);
        variables.put(
                name,
                secret.matches()
                        ? new Value(null, new SecretRef(secret.group(1), secret.group(2)))
                        : new Value(value, null));
    }

    private Optional<Gang> readGang(String label) {
        String name = annotations.getOrDefault(PodAnnotations.GANG, label).trim();
        if (name.isEmpty()) {
            return Optional.empty();
        }
        String size = annotation(PodAnnotations.GANG_SIZE);
        if (!LABEL.matcher(name).matches() || !SIZE.matcher(size).matches()) {
            warnings.add(PodAnnotations.GANG + " needs a DNS label of at most 42 characters, and "
                    + PodAnnotations.GANG_SIZE + " the number of pods; the pod is scheduled on its own");
            return Optional.empty();
        }
        return Optional.of(new Gang(name, Integer.parseInt(size)));
    }

    private void lines(String annotation, String form, BiConsumer<String, String> take) {
        for (String line : annotation(annotation).split("\n")) {
            String text = line.trim();
            int sign = text.indexOf('=');
            if (sign > 0) {
                take.accept(
                        text.substring(0, sign).trim(), text.substring(sign + 1).trim());
            } else if (!text.isEmpty()) {
                warnings.add(annotation + " has a line that is not " + form + "; it is left out");
            }
        }
    }

    private String annotation(String key) {
        return annotations.getOrDefault(key, "").trim();
    }

    private static boolean isInside(String path) {
        return !path.startsWith("/") && !List.of(path.split("/")).contains("..");
    }
}
