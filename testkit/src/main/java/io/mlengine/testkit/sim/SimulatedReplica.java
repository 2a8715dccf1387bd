package io.mlengine.testkit.sim;

import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ReplicaId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One simulated process. */
final class SimulatedReplica {
    final ReplicaId id;
    final String node;
    final ReplicaScript script;
    ReplicaState state = ReplicaState.PENDING;
    long revision;
    boolean killed;
    private @Nullable ExitStatus exit;
    private @Nullable FailureClass failureClass;
    private @Nullable Instant startedAt;
    private @Nullable Instant endedAt;
    private String reason = "";

    SimulatedReplica(ReplicaId id, String node, ReplicaScript script) {
        this.id = id;
        this.node = node;
        this.script = script;
    }

    boolean processLives() {
        return state == ReplicaState.STARTED || state == ReplicaState.READY || state == ReplicaState.STOPPING;
    }

    void started(Instant now) {
        state = ReplicaState.STARTED;
        startedAt = now;
        revision++;
    }

    void enter(ReplicaState next) {
        state = next;
        revision++;
    }

    void ended(ExitStatus how, Instant now) {
        exit = how;
        endedAt = now;
        state = how.isSuccess() ? ReplicaState.SUCCEEDED : ReplicaState.FAILED;
        revision++;
    }

    void neverStarted(FailureClass whose, String why, Instant now) {
        failureClass = whose;
        reason = why;
        endedAt = now;
        state = ReplicaState.FAILED;
        revision++;
    }

    ReplicaStatus status() {
        return ReplicaStatus.builder()
                .id(id)
                .revision(revision)
                .state(state)
                .exit(Optional.ofNullable(exit))
                .failureClass(Optional.ofNullable(failureClass))
                .reason(reason)
                .startedAt(Optional.ofNullable(startedAt))
                .endedAt(Optional.ofNullable(endedAt))
                .build();
    }

    /** What the control plane says of a replica on a silent node: it may be alive. */
    ReplicaStatus lostStatus() {
        revision++;
        return ReplicaStatus.builder()
                .id(id)
                .revision(revision)
                .state(ReplicaState.LOST)
                .reason("NodeLost")
                .startedAt(Optional.ofNullable(startedAt))
                .build();
    }
}
