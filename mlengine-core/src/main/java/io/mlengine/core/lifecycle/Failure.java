package io.mlengine.core.lifecycle;

import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.lifecycle.Gang.Member;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.RestartScope;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A member that has failed, and whose fault it is.
 *
 * @param member the member
 * @param at when it failed; a silent node has no such time and comes after all that have
 * @param cause what is known of it
 */
record Failure(Member member, Instant at, FailureCause cause) {

    /** The failures of a gang, the first one first; ties go by the order of roles, then by index. */
    static List<Failure> of(Gang gang) {
        return gang.members().stream()
                .filter(Member::hasFailed)
                .map(member -> of(gang.record(), member))
                .sorted(Comparator.comparing(Failure::at))
                .toList();
    }

    private static Failure of(JobRecord record, Member member) {
        ReplicaRecord replica = member.replica().orElseThrow();
        return new Failure(member, member.endedAt().orElse(Instant.MAX), classify(record, replica.current()));
    }

    boolean isPermanent() {
        return Budget.of(cause.failureClass()).isEmpty();
    }

    boolean isCritical() {
        return member.role().critical();
    }

    /**
     * What is started again. A node that is silent, or was taken back, takes the whole gang with it: its replica cannot be
     * replaced in place. So does a wait that no budget ends: only a gang backs off.
     */
    RestartScope scope() {
        FailureClass failure = cause.failureClass();
        return member.is(ReplicaState.LOST) || failure == FailureClass.PREEMPTED || failure == FailureClass.QUOTA
                ? RestartScope.GROUP
                : member.role().restartScope().orElse(RestartScope.GROUP);
    }

    static FailureCause classify(JobRecord record, ReplicaStatus status) {
        Optional<ExitStatus> exit = status.exit();
        if (status.state() == ReplicaState.LOST) {
            return cause(status, FailureClass.INFRASTRUCTURE, Reason.NODE_LOST, "was on a node that is silent");
        }
        if (isOutOfMemory(status)) {
            // The same program with the same limit will run out again; one retry is for what shared the node with it.
            FailureClass whose = ranOutOfMemoryBefore(record, status) ? FailureClass.USER : FailureClass.USER_RETRYABLE;
            return cause(status, whose, Reason.OUT_OF_MEMORY, "ran out of memory");
        }
        if (exit.isPresent() && !exit.get().isSuccess()) {
            boolean retryable = record.train()
                    .runPolicy()
                    .exitCodes()
                    .isRetryable(exit.get().shellCode());
            return cause(
                    status,
                    retryable ? FailureClass.USER_RETRYABLE : FailureClass.USER,
                    exit.get().signal() == 0 ? Reason.EXIT_CODE : Reason.SIGNAL,
                    "ended with " + exit.get());
        }
        if (status.state() == ReplicaState.GONE) {
            return cause(status, FailureClass.INFRASTRUCTURE, Reason.REPLICA_GONE, "is gone");
        }
        return cause(status, FailureClass.INFRASTRUCTURE, Reason.NOT_STARTED, "could not be started");
    }

    /** What the backend knows better goes first, save that a class cannot make memory or a silent node appear. */
    private static FailureCause cause(ReplicaStatus status, FailureClass guess, String reason, String what) {
        boolean fixed = reason.equals(Reason.NODE_LOST) || reason.equals(Reason.OUT_OF_MEMORY);
        String message = status.id().key() + " " + what;
        return new FailureCause(
                fixed ? guess : status.failureClass().orElse(guess),
                fixed || status.reason().isEmpty() ? reason : status.reason(),
                status.message().isEmpty() ? message : message + ": " + status.message(),
                Optional.of(status.id()),
                status.exit(),
                status.lastLines());
    }

    private static boolean ranOutOfMemoryBefore(JobRecord record, ReplicaStatus now) {
        Stream<ReplicaStatus> ofPastAttempts = record.pastAttempts().stream()
                .flatMap(attempt -> attempt.replicas().values().stream())
                .flatMap(replica -> Stream.concat(replica.past().stream(), Stream.of(replica.current())));
        Stream<ReplicaStatus> ofPastStarts = record.attempt().stream()
                .flatMap(attempt -> attempt.replicas().values().stream())
                .flatMap(replica -> replica.past().stream());
        return Stream.concat(ofPastAttempts, ofPastStarts)
                .anyMatch(status -> isOutOfMemory(status) && !status.id().equals(now.id()));
    }

    private static boolean isOutOfMemory(ReplicaStatus status) {
        return status.state() == ReplicaState.FAILED
                && (status.exit().isPresent() && status.exit().get().outOfMemory()
                        || status.reason().equals(Reason.OUT_OF_MEMORY));
    }
}
