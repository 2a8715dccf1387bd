package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.pod.StartTrouble;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.ReplicaId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One replica's pod, and what was told of it. All but its identity is touched only under the lock of {@link Replicas}. */
final class Tracked {
    private final ReplicaId id;
    private final String uid;
    private Pod pod;
    private boolean isThere = true;
    private boolean isEnding;
    private boolean isStopOrdered;
    private @Nullable Instant troubleSince;
    private boolean isReleased;
    private @Nullable ReplicaStatus told;
    private @Nullable StartTrouble doom;

    Tracked(ReplicaId id, Pod pod) {
        this.id = id;
        this.uid = pod.getMetadata().getUid();
        this.pod = pod;
    }

    ReplicaId id() {
        return id;
    }

    /** The newest state of its pod, trimmed. */
    Pod pod() {
        return pod;
    }

    long podRevision() {
        return Revisions.of(pod.getMetadata().getResourceVersion());
    }

    boolean isSamePod(Pod other) {
        return uid.equals(other.getMetadata().getUid());
    }

    void update(Pod newer) {
        pod = newer;
    }

    /** Whether the pod's object exists. */
    boolean isThere() {
        return isThere;
    }

    void removed() {
        isThere = false;
    }

    /** Nobody asks for its end any more. */
    void release() {
        isReleased = true;
    }

    boolean isReleased() {
        return isReleased;
    }

    /** Whether its end is known, told or about to be. */
    boolean isEnding() {
        return isEnding;
    }

    void ending() {
        isEnding = true;
    }

    /** What was told last; null when nothing was. */
    @Nullable
    ReplicaStatus told() {
        return told;
    }

    void told(ReplicaStatus status) {
        told = status;
    }

    /** The engine wants its end, so a deletion is ours. */
    void stopOrdered() {
        isStopOrdered = true;
    }

    boolean isStopOrdered() {
        return isStopOrdered;
    }

    /** Since when it has been in trouble without a break; begins now if it was not. */
    Instant inTroubleSince(Instant now) {
        Instant since = troubleSince == null ? now : troubleSince;
        troubleSince = since;
        return since;
    }

    void isFine() {
        troubleSince = null;
    }

    /** Why it is being ended by us, or null. */
    @Nullable
    StartTrouble doom() {
        return doom;
    }

    void doom(StartTrouble why) {
        if (doom == null) {
            doom = why;
        }
    }

    /** Whether something of it may live, as far as is known. */
    boolean isLive() {
        return isThere && !isEnding;
    }

    /** Whether its program was told to run. */
    boolean isRunning() {
        ReplicaStatus last = told;
        return isLive() && last != null && (last.state() == ReplicaState.STARTED || last.state() == ReplicaState.READY);
    }

    boolean isBound() {
        String node = pod.getSpec().getNodeName();
        return node != null && !node.isEmpty();
    }

    boolean isDeleting() {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    LogPlace place() {
        if (!isThere) {
            return LogPlace.REMOVED;
        }
        ReplicaStatus last = told;
        boolean hasStarted = last != null && last.startedAt().isPresent();
        if (!isEnding && !hasStarted) {
            return LogPlace.EXPECTED;
        }
        return new LogPlace(
                isEnding ? LogPlace.Phase.ENDED : LogPlace.Phase.LIVE,
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName());
    }
}
