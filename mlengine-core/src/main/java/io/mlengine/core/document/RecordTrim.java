package io.mlengine.core.document;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Observations;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.metering.Forgetting;
import io.mlengine.spi.backend.ReplicaStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What a record can do without when it is too large, what is missed least first. Who reads it goes on as before, and the
 * sum of usage is kept. One decision may be another: that a program ran out of memory in an attempt that is left out is
 * not held against it, which gives it one retry more.
 */
final class RecordTrim {
    private static final int SHORT = 200;
    private static final int NEWEST_CHANGES = 31;

    /** One after the other, each on the result of the one before. */
    static final List<UnaryOperator<JobRecord>> STEPS = List.of(
            RecordTrim::shortPast,
            RecordTrim::shortReplicas,
            RecordTrim::firstAndLast,
            RecordTrim::barePast,
            RecordTrim::noPast,
            RecordTrim::shortCauses,
            RecordTrim::shortHistory,
            RecordTrim::newestStarts,
            RecordTrim::noUse);

    private RecordTrim() {}

    /** How many letters replicas have said, which tells without writing it that a record is too large. */
    static long letters(JobRecord record) {
        return Stream.concat(record.pastAttempts().stream(), record.attempt().stream())
                .flatMap(attempt -> attempt.replicas().values().stream())
                .flatMap(replica -> Stream.concat(Stream.of(replica.current()), replica.past().stream()))
                .mapToLong(status -> status.message().length()
                        + status.lastLines().stream().mapToLong(String::length).sum())
                .sum();
    }

    /** What replicas of past attempts wrote; why an attempt failed is in its cause. */
    private static JobRecord shortPast(JobRecord record) {
        return past(record, RecordTrim::quiet);
    }

    private static JobRecord shortReplicas(JobRecord record) {
        return record.attempt()
                .<JobRecord>map(attempt ->
                        JobRecord.builder().from(record).attempt(quiet(attempt)).build())
                .orElse(record);
    }

    private static JobRecord firstAndLast(JobRecord record) {
        return Forgetting.past(record, 1, record.pastAttempts().size() - 1);
    }

    /** Addresses and replicas of attempts that are over; places say what they held. */
    private static JobRecord barePast(JobRecord record) {
        return past(
                record,
                attempt -> Attempt.builder()
                        .from(attempt)
                        .reservation(Optional.empty())
                        .replicas(Collections.emptySortedMap())
                        .cause(attempt.cause().map(RecordTrim::quiet))
                        .build());
    }

    private static JobRecord noPast(JobRecord record) {
        return Forgetting.past(record, 0, record.pastAttempts().size());
    }

    private static JobRecord shortCauses(JobRecord record) {
        JobRecord.Builder builder = JobRecord.builder().from(record);
        record.attempt()
                .ifPresent(attempt -> builder.attempt(Attempt.builder()
                        .from(attempt)
                        .cause(attempt.cause().map(RecordTrim::quiet))
                        .build()));
        record.outcome()
                .ifPresent(outcome -> builder.outcome(new Outcome(
                        outcome.result(),
                        shortened(outcome.reason()),
                        shortened(outcome.message()),
                        outcome.cause().map(RecordTrim::quiet),
                        outcome.decidedAt())));
        return builder.build();
    }

    /** The first and the newest. */
    private static JobRecord shortHistory(JobRecord record) {
        List<PhaseChange> changes = new ArrayList<>(record.history());
        if (changes.size() > NEWEST_CHANGES + 1) {
            changes.subList(1, changes.size() - NEWEST_CHANGES).clear();
        }
        changes.replaceAll(change -> new PhaseChange(
                change.phase(),
                change.attempt(),
                change.at(),
                shortened(change.reason()),
                shortened(change.message())));
        return JobRecord.builder().from(record).history(changes).build();
    }

    /** How earlier starts of single replicas ended. */
    private static JobRecord newestStarts(JobRecord record) {
        return record.attempt()
                .<JobRecord>map(attempt -> {
                    Attempt.Builder builder = Attempt.builder().from(attempt).replicas(Collections.emptySortedMap());
                    attempt.replicas()
                            .forEach((key, replica) -> builder.putReplica(
                                    key,
                                    new ReplicaRecord(
                                            replica.current(), replica.retries(), replica.intent(), List.of())));
                    return JobRecord.builder()
                            .from(record)
                            .attempt(builder.build())
                            .build();
                })
                .orElse(record);
    }

    private static JobRecord noUse(JobRecord record) {
        return JobRecord.builder()
                .from(record)
                .observations(new Observations(record.observations().progress(), Collections.emptySortedMap()))
                .build();
    }

    private static JobRecord past(JobRecord record, UnaryOperator<Attempt> edit) {
        return JobRecord.builder()
                .from(record)
                .pastAttempts(record.pastAttempts().stream().map(edit).toList())
                .build();
    }

    private static Attempt quiet(Attempt attempt) {
        Attempt.Builder builder = Attempt.builder().from(attempt).replicas(Collections.emptySortedMap());
        attempt.replicas().forEach((key, replica) -> builder.putReplica(key, quiet(replica)));
        return builder.build();
    }

    private static ReplicaRecord quiet(ReplicaRecord replica) {
        return new ReplicaRecord(
                quiet(replica.current()),
                replica.retries(),
                replica.intent(),
                replica.past().stream().map(RecordTrim::quiet).toList());
    }

    private static ReplicaStatus quiet(ReplicaStatus status) {
        return ReplicaStatus.builder()
                .from(status)
                .reason(shortened(status.reason()))
                .message("")
                .lastLines(List.of())
                .build();
    }

    private static FailureCause quiet(FailureCause cause) {
        return new FailureCause(
                cause.failureClass(),
                shortened(cause.reason()),
                shortened(cause.message()),
                cause.replica(),
                cause.exit(),
                List.of());
    }

    private static String shortened(String text) {
        if (text.length() <= SHORT) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(SHORT - 1)) ? SHORT - 1 : SHORT;
        return text.substring(0, end) + "…";
    }
}
