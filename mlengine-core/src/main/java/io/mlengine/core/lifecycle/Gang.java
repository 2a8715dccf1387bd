package io.mlengine.core.lifecycle;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.job.ReplicaRecord.Intent;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The newest attempt as one consistent snapshot: who belongs to it and how each is. Replicas that leave it are no
 * members.
 *
 * @param record the job
 * @param attempt its newest attempt
 * @param members by the roles' order in the spec, then by index
 */
record Gang(JobRecord record, Attempt attempt, List<Member> members) {
    Gang {
        members = List.copyOf(members);
    }

    /**
     * One place in the gang.
     *
     * @param role its role
     * @param key role and index
     * @param replica what is known of it; empty before its first start
     */
    record Member(Role role, ReplicaKey key, Optional<ReplicaRecord> replica) {
        boolean is(ReplicaState state) {
            return replica.isPresent() && replica.get().current().state() == state;
        }

        boolean shallRun() {
            return replica.isPresent() && replica.get().intent() == Intent.RUN;
        }

        boolean hasSucceeded() {
            return shallRun() && is(ReplicaState.SUCCEEDED);
        }

        boolean hasFailed() {
            return shallRun() && (is(ReplicaState.FAILED) || is(ReplicaState.LOST) || is(ReplicaState.GONE));
        }

        /** A program that has done its work counts as ready: a quick one may end before the others have started. */
        boolean isReady() {
            return shallRun() && (is(ReplicaState.READY) || is(ReplicaState.SUCCEEDED));
        }

        /** Tells whether a process of it runs, so that it may have ended just now without our knowing. */
        boolean hasProcess() {
            return shallRun() && (is(ReplicaState.STARTED) || is(ReplicaState.READY) || is(ReplicaState.STOPPING));
        }

        /** Tells whether it is being started again after a failure and not yet back. */
        boolean comesBack() {
            return replica.isPresent()
                    && (!shallRun() || replica.get().id().restart() > 0 && !isReady() && !hasFailed());
        }

        Optional<Instant> endedAt() {
            return replica.flatMap(known -> known.current().endedAt());
        }
    }

    static Gang of(JobRecord record) {
        Attempt attempt = record.attempt().orElseThrow(() -> new IllegalStateException("no attempt"));
        List<Member> members = new ArrayList<>();
        for (Role role : record.train().roles()) {
            attempt.placement().replicas().stream()
                    .filter(slot -> slot.key().role().equals(role.name()))
                    .map(slot -> new Member(
                            role,
                            slot.key(),
                            Optional.ofNullable(attempt.replicas().get(slot.key()))))
                    .filter(member -> !isLeaving(member))
                    .forEach(members::add);
        }
        return new Gang(record, attempt, members);
    }

    private static boolean isLeaving(Member member) {
        return member.replica().isPresent() && member.replica().get().intent() == Intent.REMOVE;
    }

    List<Member> of(Role role) {
        return members.stream()
                .filter(member -> member.role().name().equals(role.name()))
                .toList();
    }

    /** Starts that were told to leave and may still be alive. */
    List<ReplicaRecord> leaving() {
        return attempt.replicas().values().stream()
                .filter(replica -> replica.intent() == Intent.REMOVE && replica.mayLive())
                .toList();
    }

    /** Tells whether the backend has yet to answer an order to reserve or to launch; only one is open at a time. */
    boolean awaitsAnswer() {
        return attempt.reservation().isEmpty()
                || attempt.replicas().values().stream().anyMatch(ReplicaRecord::isUnreported);
    }

    boolean mayLive() {
        return attempt.replicas().values().stream().anyMatch(ReplicaRecord::mayLive);
    }
}
