package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.pod.GitCommit;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.model.ReplicaId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who of an attempt gets a node when its job names a branch: one replica goes first and fetches the branch; the others
 * follow once it is known which commit that was, and fetch this commit. So all run the same code, although nobody but
 * git-sync, with the Secret of the job's namespace, ever speaks to the git server. Pure.
 *
 * @param commit the commit of the attempt, as far as it is known
 * @param first who goes first; empty when nobody needs to, or can
 * @param isAwaited whether somebody waits to learn the commit
 */
record CodeTurns(Optional<String> commit, Optional<ReplicaId> first, boolean isAwaited) {
    /**
     * Decides.
     *
     * @param replicas the replicas of an attempt whose code comes from git
     * @param chosen who was to go first when that was decided last
     */
    static CodeTurns of(List<Replicas.Fetching> replicas, Optional<ReplicaId> chosen) {
        Optional<String> commit = replicas.stream()
                .flatMap(one -> GitCommit.of(one.pod()).stream())
                .findFirst();
        // Who has fetched and ended already is still asked: its output says what it ran.
        List<Replicas.Fetching> open = replicas.stream()
                .filter(one -> GitCommit.of(one.pod()).isEmpty())
                .filter(one -> one.isLive() || one.isBound() && GitCommit.isFetched(one.pod()))
                .toList();
        boolean isAwaited = replicas.stream().anyMatch(Replicas.Fetching::isWaiting);
        if (commit.isPresent()) {
            return new CodeTurns(commit, Optional.empty(), isAwaited);
        }
        Stream<ReplicaId> sent =
                open.stream().filter(Replicas.Fetching::isBound).map(Replicas.Fetching::id);
        Stream<ReplicaId> next = open.stream().map(Replicas.Fetching::id).sorted(Comparator.naturalOrder());
        Optional<ReplicaId> first = chosen.filter(
                        id -> open.stream().anyMatch(one -> one.id().equals(id)))
                .or(() -> Stream.concat(sent, next).findFirst());
        return new CodeTurns(commit, first, isAwaited);
    }

    /** What a pod gets together with its node; empty while it is not its turn. */
    Optional<Map<String, String>> turn(ReplicaId replica, Pod pod) {
        Optional<String> revision = GitCommit.revision(pod);
        if (revision.isEmpty() || GitCommit.isFull(revision.get())) {
            return Optional.of(Map.of());
        }
        return commit.isPresent()
                ? commit.map(known -> Map.of(Labels.CODE_REVISION, known))
                : first.filter(replica::equals).map(unused -> Map.of());
    }
}
