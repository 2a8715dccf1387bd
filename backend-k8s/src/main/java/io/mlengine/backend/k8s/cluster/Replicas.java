package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.pod.GitCommit;
import io.mlengine.backend.k8s.pod.PodStatuses;
import io.mlengine.backend.k8s.pod.PodView;
import io.mlengine.backend.k8s.pod.ReplicaIds;
import io.mlengine.backend.k8s.pod.StartTrouble;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Turns what is seen of pods into reports with rising revisions: each change once, the end last and for good. Thread-safe;
 * reports are made under its lock, so that none overtakes another.
 */
final class Replicas {
    private final Ownership ownership;
    private final Consumer<ReplicaStatus> sink;
    /** Changed under the lock only. */
    private final NavigableMap<ReplicaId, Tracked> all = new ConcurrentSkipListMap<>();

    private Set<String> silentNodes = Set.of();
    private Predicate<String> cordoned = node -> false;
    private @Nullable Endings endings;

    Replicas(Ownership ownership, Consumer<ReplicaStatus> sink) {
        this.ownership = ownership;
        this.sink = sink;
    }

    /** From now on the last output of what ends is read before its end is told. */
    synchronized void readEndings(Endings with) {
        endings = with;
    }

    /** From now on it is asked which nodes take no new pods; must not block. */
    synchronized void cordoned(Predicate<String> nodes) {
        cordoned = nodes;
    }

    /** Takes note of a pod as it is or was; what is older than what is known is ignored. */
    synchronized void changed(Pod pod) {
        idOf(pod).ifPresent(id -> changed(id, pod, endings));
    }

    private void changed(ReplicaId id, Pod pod, @Nullable Endings with) {
        Tracked tracked = all.get(id);
        if (tracked == null) {
            tracked = new Tracked(id, Trimmed.of(pod));
            all.put(id, tracked);
        } else if (!tracked.isSamePod(pod)
                || !tracked.isThere()
                || Revisions.of(pod.getMetadata().getResourceVersion()) < tracked.podRevision()) {
            return;
        } else {
            tracked.update(Trimmed.of(pod));
        }
        look(tracked, with);
    }

    private void look(Tracked tracked, @Nullable Endings with) {
        if (tracked.isEnding()) {
            return;
        }
        ReplicaStatus status = PodStatuses.of(tracked.id(), tracked.pod(), view(tracked));
        if (status.state().mayLive()) {
            tell(tracked, status);
        } else {
            end(tracked, status, with);
        }
    }

    private PodView view(Tracked tracked) {
        String node = tracked.pod().getSpec().getNodeName();
        boolean isSilent = tracked.isBound() && silentNodes.contains(node);
        boolean isCordoned = tracked.isBound() && cordoned.test(node);
        return new PodView(isSilent, isCordoned, tracked.isStopOrdered());
    }

    /** Takes note that a pod's object is gone. */
    synchronized void gone(Pod last) {
        idOf(last).ifPresent(id -> {
            Tracked tracked = all.get(id);
            if (tracked != null && tracked.isSamePod(last) && tracked.isThere()) {
                if (Revisions.of(last.getMetadata().getResourceVersion()) > tracked.podRevision()) {
                    tracked.update(Trimmed.of(last));
                }
                removed(tracked);
            }
        });
    }

    private void removed(Tracked tracked) {
        tracked.removed();
        if (!tracked.isEnding()) {
            end(tracked, endOf(tracked), null);
        }
        if (tracked.isReleased()) {
            all.remove(tracked.id());
        }
    }

    private void end(Tracked tracked, ReplicaStatus status, @Nullable Endings with) {
        tracked.ending();
        StartTrouble doom = tracked.doom();
        boolean neverRan = status.exit().isEmpty() && !tracked.isThere();
        ReplicaStatus end =
                doom != null && neverRan ? PodStatuses.notStarted(tracked.id(), tracked.pod(), doom) : status;
        if (with == null || !tracked.isThere() || end.startedAt().isEmpty()) {
            tell(tracked, end);
        } else {
            with.complete(end, tracked.place(), whole -> ended(tracked, whole));
        }
    }

    private synchronized void ended(Tracked tracked, ReplicaStatus end) {
        tell(tracked, end);
    }

    private void tell(Tracked tracked, ReplicaStatus status) {
        ReplicaStatus before = tracked.told();
        if (before == null) {
            tracked.told(status);
        } else if (!before.state().mayLive()
                || withRevision(status, before.revision()).equals(before)) {
            return;
        } else {
            tracked.told(withRevision(status, Math.max(before.revision() + 1, status.revision())));
        }
        tellAgain(tracked);
    }

    private void tellAgain(Tracked tracked) {
        ReplicaStatus told = tracked.told();
        if (told != null) {
            sink.accept(told);
        }
    }

    private static ReplicaStatus withRevision(ReplicaStatus status, long revision) {
        return ReplicaStatus.builder().from(status).revision(revision).build();
    }

    /**
     * Compares with a complete list of pods and tells everything again, so that silence afterwards means that there is
     * nothing.
     *
     * @param pods all pods
     * @param knownUpTo up to which change the list is complete; what was created later may be missing in it
     */
    synchronized void sync(Collection<Pod> pods, long knownUpTo) {
        Set<String> uids = new HashSet<>();
        for (Pod pod : pods) {
            uids.add(pod.getMetadata().getUid());
            // Reading the last output of all that has ended meanwhile would hold up the news for too long.
            idOf(pod).ifPresent(id -> changed(id, pod, null));
        }
        for (Tracked tracked : List.copyOf(all.values())) {
            boolean isMissing = !uids.contains(tracked.pod().getMetadata().getUid());
            if (isMissing && tracked.isThere() && tracked.podRevision() <= knownUpTo) {
                removed(tracked);
            }
            if (tracked.isEnding() && tracked.told() == null) {
                // Its last output is still being read; silence would mean that it never was.
                tell(tracked, endOf(tracked));
            }
            tellAgain(tracked);
        }
    }

    private ReplicaStatus endOf(Tracked tracked) {
        return tracked.isThere()
                ? PodStatuses.of(tracked.id(), tracked.pod(), view(tracked))
                : PodStatuses.deleted(tracked.id(), tracked.pod(), view(tracked));
    }

    /** The nodes that have stopped reporting: what runs there may or may not be alive. */
    synchronized void silentNodes(Set<String> names) {
        if (!names.equals(silentNodes)) {
            silentNodes = Set.copyOf(names);
            all.values().forEach(tracked -> look(tracked, endings));
        }
    }

    /** The start of a replica whose program runs now. */
    synchronized Optional<ReplicaId> running(AttemptId attempt, ReplicaKey key) {
        return of(attempt).values().stream()
                .filter(tracked -> tracked.id().key().equals(key) && tracked.isRunning())
                .map(Tracked::id)
                .reduce((earlier, later) -> later);
    }

    /** Remembers why a replica is ended by us; told with its end. */
    synchronized void doom(ReplicaId id, StartTrouble doom) {
        Tracked tracked = all.get(id);
        if (tracked != null) {
            tracked.doom(doom);
        }
    }

    /**
     * Which start of which replica a pod is; empty for pods of others. What is followed stays ours when the object of its
     * job has been torn away: somebody waits for its end. Takes no lock.
     */
    Optional<ReplicaId> idOf(Pod pod) {
        return ReplicaIds.of(pod).filter(id -> isFollowed(id, pod)).or(() -> ownership.of(pod));
    }

    private boolean isFollowed(ReplicaId id, Pod pod) {
        Tracked tracked = all.get(id);
        return tracked != null && tracked.isSamePod(pod);
    }

    /**
     * Tells again what has become of a start, for an engine that orders it without knowing of it.
     *
     * @return whether the start is known
     */
    synchronized boolean tellIfKnown(ReplicaId id) {
        Tracked tracked = all.get(id);
        if (tracked != null) {
            tellAgain(tracked);
        }
        return tracked != null;
    }

    /** Notes that the engine wants the end of replicas; returns the pods of those that live. */
    synchronized List<Pod> stopOrdered(AttemptId attempt, Predicate<ReplicaId> who) {
        List<Tracked> live = of(attempt).values().stream()
                .filter(Tracked::isLive)
                .filter(tracked -> who.test(tracked.id()))
                .toList();
        live.forEach(Tracked::stopOrdered);
        return live.stream().map(Tracked::pod).toList();
    }

    synchronized boolean isLive(AttemptId attempt) {
        return of(attempt).values().stream().anyMatch(Tracked::isLive);
    }

    /** What a replica that may live is in trouble with. */
    record InTrouble(ReplicaId id, Pod pod, StartTrouble trouble, Duration lasted) {}

    /** Replicas whose containers cannot be started, with how long that has been so. */
    synchronized List<InTrouble> inTrouble(Instant now) {
        List<InTrouble> found = new ArrayList<>();
        for (Tracked tracked : all.values()) {
            Optional<StartTrouble> trouble = tracked.isLive() && tracked.doom() == null && !tracked.isDeleting()
                    ? StartTrouble.of(tracked.pod())
                    : Optional.empty();
            if (trouble.isEmpty()) {
                tracked.isFine();
            } else {
                Duration lasted = Duration.between(tracked.inTroubleSince(now), now);
                found.add(new InTrouble(tracked.id(), tracked.pod(), trouble.get(), lasted));
            }
        }
        return found;
    }

    /** Pods of an attempt that wait for their node. */
    synchronized List<Pod> unbound(AttemptId attempt) {
        return of(attempt).values().stream()
                .filter(tracked -> tracked.isLive() && tracked.doom() == null)
                .filter(tracked -> !tracked.isBound() && !tracked.isDeleting())
                .map(Tracked::pod)
                .toList();
    }

    /** What is known of a replica whose code comes from git. */
    record Fetching(ReplicaId id, Pod pod, boolean isLive, boolean isBound) {
        /** Whether it has been sent to fetch what the job names, and nobody knows yet which commit that is. */
        boolean isResolving() {
            return isBound && GitCommit.of(pod).isEmpty();
        }

        /** Whether it can only start once the commit is known, or it goes first. */
        boolean isWaiting() {
            return isLive && !isBound && GitCommit.of(pod).isEmpty();
        }
    }

    /** The replicas of an attempt that get code from git, as far as their pods are there. */
    synchronized List<Fetching> fetching(AttemptId attempt) {
        return of(attempt).values().stream()
                .filter(tracked -> GitCommit.revision(tracked.pod()).isPresent())
                .filter(Tracked::isThere)
                .map(tracked -> new Fetching(
                        tracked.id(),
                        tracked.pod(),
                        tracked.isLive() && tracked.doom() == null && !tracked.isDeleting(),
                        tracked.isBound()))
                .toList();
    }

    synchronized boolean isLive(JobId job) {
        return of(job).values().stream().anyMatch(Tracked::isLive);
    }

    /** Where a replica's output is. */
    synchronized LogPlace place(ReplicaId id) {
        Tracked tracked = all.get(id);
        return tracked == null ? LogPlace.EXPECTED : tracked.place();
    }

    /** Forgets what has ended and is gone of an attempt; finished pods that stay are remembered for their output. */
    synchronized void forget(AttemptId attempt) {
        of(attempt).values().removeIf(tracked -> !tracked.isThere());
        of(attempt).values().forEach(Tracked::release);
    }

    synchronized void forget(JobId job) {
        of(job).values().removeIf(Tracked::isEnding);
    }

    private Map<ReplicaId, Tracked> of(AttemptId attempt) {
        return all.subMap(
                new ReplicaId(attempt, "", 0, 0),
                true,
                new ReplicaId(new AttemptId(attempt.job(), attempt.number() + 1), "", 0, 0),
                false);
    }

    private Map<ReplicaId, Tracked> of(JobId job) {
        return all.subMap(
                new ReplicaId(new AttemptId(job, 1), "", 0, 0),
                true,
                new ReplicaId(new AttemptId(job, Integer.MAX_VALUE), "", 0, 0),
                false);
    }
}
