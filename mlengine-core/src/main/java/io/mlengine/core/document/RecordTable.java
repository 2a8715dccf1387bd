package io.mlengine.core.document;

import static io.mlengine.core.document.Field.mandatory;
import static io.mlengine.core.document.Values.INSTANT;
import static io.mlengine.core.document.Values.TEXT;
import static io.mlengine.core.document.Values.list;
import static io.mlengine.core.document.Values.map;
import static io.mlengine.core.document.Values.word;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.Forgotten;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.Observations;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.job.RetryCount;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The field table of job records: one row a field, so a new field of the record is one more row here. */
final class RecordTable {
    /** The whole record. */
    static final ObjectType<JobRecord> RECORD = record();

    private RecordTable() {}

    /** An optional field of a record, without description. */
    static <T, V> Field<T, V> maybe(String name, ValueType<V> type, Function<T, Optional<V>> read) {
        return Field.optional(name, type, "", read);
    }

    /** A field of a record that is left out while it has its default. */
    static <T, V> Field<T, V> usual(String name, ValueType<V> type, Function<T, V> read, V fallback) {
        return Field.defaulted(name, type, "", read, fallback);
    }

    private static ObjectType<JobRecord> record() {
        ValueType<JobId> id = Values.parsed("a job id", JobId::value, text -> Optional.of(JobId.of(text)));
        ValueType<Long> number = Values.whole(0, Long.MAX_VALUE);
        return ObjectType.<JobRecord, JobRecord.Builder>builder("a job record")
                .constant(Field.required(
                        "apiVersion",
                        SpecialValues.constant(RecordDocument.API_VERSION),
                        "",
                        record -> RecordDocument.API_VERSION,
                        RecordDocument.API_VERSION))
                .with(mandatory("id", id, JobRecord::id), JobRecord.Builder::id)
                .with(mandatory("user", TEXT, JobRecord::user), JobRecord.Builder::user)
                .with(mandatory("sequence", number, JobRecord::sequence), JobRecord.Builder::sequence)
                .with(mandatory("version", number, JobRecord::version), JobRecord.Builder::version)
                .with(mandatory("phase", word(Phase.class), JobRecord::phase), JobRecord.Builder::phase)
                .with(
                        usual("desired", word(JobRecord.Desired.class), JobRecord::desired, JobRecord.Desired.RUN),
                        JobRecord.Builder::desired)
                .with(maybe("outcome", outcome(), JobRecord::outcome), (builder, value) -> builder.outcome(value))
                .with(
                        maybe("drainsTo", word(JobRecord.DrainTarget.class), JobRecord::drainsTo),
                        (builder, value) -> builder.drainsTo(value))
                .with(mandatory("createdAt", INSTANT, JobRecord::createdAt), JobRecord.Builder::createdAt)
                .with(maybe("startedAt", INSTANT, JobRecord::startedAt), (builder, at) -> builder.startedAt(at))
                .with(maybe("finishedAt", INSTANT, JobRecord::finishedAt), (builder, at) -> builder.finishedAt(at))
                .with(usual("retries", retries(), JobRecord::retries, RetryCount.ZERO), JobRecord.Builder::retries)
                .with(
                        usual("sizes", map(Values.integer(0, Integer.MAX_VALUE)), JobRecord::sizes, none()),
                        (builder, sizes) -> builder.sizes(sizes))
                .with(usual("timers", timers(), JobRecord::timers, none()), (builder, timers) -> builder.timers(timers))
                .with(maybe("attempt", attempt(), JobRecord::attempt), (builder, value) -> builder.attempt(value))
                .with(
                        usual("pastAttempts", list(attempt()), JobRecord::pastAttempts, List.of()),
                        (builder, past) -> builder.pastAttempts(past))
                .with(
                        usual("forgotten", forgotten(), JobRecord::forgotten, Forgotten.NONE),
                        JobRecord.Builder::forgotten)
                .with(
                        usual("history", list(phaseChange()), JobRecord::history, List.of()),
                        (builder, history) -> builder.history(history))
                .with(
                        usual("observations", observations(), JobRecord::observations, Observations.NONE),
                        JobRecord.Builder::observations)
                .with(mandatory("train", TrainTable.TRAIN, JobRecord::train), JobRecord.Builder::train)
                .build(JobRecord::builder, JobRecord.Builder::build);
    }

    private static <K, V> SortedMap<K, V> none() {
        return Collections.unmodifiableSortedMap(new TreeMap<>());
    }

    private static ValueType<SortedMap<JobTimer, Instant>> timers() {
        return Values.keyed(map(INSTANT), JobTimer::name, JobTimer::valueOf);
    }

    private static ObjectType<Outcome> outcome() {
        Field<Outcome, Outcome.Result> result = mandatory("result", word(Outcome.Result.class), Outcome::result);
        Field<Outcome, String> reason = usual("reason", TEXT, Outcome::reason, "");
        Field<Outcome, String> message = usual("message", TEXT, Outcome::message, "");
        Field<Outcome, FailureCause> cause = maybe("cause", cause(), Outcome::cause);
        Field<Outcome, Instant> at = mandatory("decidedAt", INSTANT, Outcome::decidedAt);
        return ObjectType.of(
                "an outcome",
                given -> new Outcome(
                        given.get(result), given.get(reason), given.get(message), given.find(cause), given.get(at)),
                result,
                reason,
                message,
                cause,
                at);
    }

    private static ObjectType<FailureCause> cause() {
        Field<FailureCause, FailureClass> kind =
                mandatory("class", word(FailureClass.class), FailureCause::failureClass);
        Field<FailureCause, String> reason = usual("reason", TEXT, FailureCause::reason, "");
        Field<FailureCause, String> message = usual("message", TEXT, FailureCause::message, "");
        var replica = maybe("replica", ReplicaTable.ID, FailureCause::replica);
        var exit = maybe("exit", ReplicaTable.EXIT, FailureCause::exit);
        Field<FailureCause, List<String>> lines = usual("lastLines", list(TEXT), FailureCause::lastLines, List.of());
        return ObjectType.of(
                "a cause",
                given -> new FailureCause(
                        given.get(kind),
                        given.get(reason),
                        given.get(message),
                        given.find(replica),
                        given.find(exit),
                        given.get(lines)),
                kind,
                reason,
                message,
                replica,
                exit,
                lines);
    }

    private static ObjectType<RetryCount> retries() {
        ValueType<Integer> count = Values.integer(0, Integer.MAX_VALUE);
        Field<RetryCount, Integer> user = usual("user", count, RetryCount::user, 0);
        Field<RetryCount, Integer> infrastructure = usual("infrastructure", count, RetryCount::infrastructure, 0);
        Field<RetryCount, Integer> preemption = usual("preemption", count, RetryCount::preemption, 0);
        Field<RetryCount, Integer> sinceReset = usual("sinceReset", count, RetryCount::sinceReset, 0);
        return ObjectType.of(
                "counts",
                given -> new RetryCount(
                        given.get(user), given.get(infrastructure), given.get(preemption), given.get(sinceReset)),
                user,
                infrastructure,
                preemption,
                sinceReset);
    }

    private static ObjectType<Forgotten> forgotten() {
        ValueType<Long> sum = Values.whole(0, Long.MAX_VALUE);
        ValueType<BigInteger> large = Values.parsed("a whole number", BigInteger::toString, RecordTable::large);
        Field<Forgotten, Integer> attempts =
                mandatory("attempts", Values.integer(0, Integer.MAX_VALUE), Forgotten::attempts);
        Field<Forgotten, Long> devices = usual("deviceMillis", sum, Forgotten::deviceMillis, 0L);
        Field<Forgotten, Long> lost = usual("lostDeviceMillis", sum, Forgotten::lostDeviceMillis, 0L);
        Field<Forgotten, BigInteger> cpu = usual("cpuMilliMillis", large, Forgotten::cpuMilliMillis, BigInteger.ZERO);
        Field<Forgotten, BigInteger> memory =
                usual("memoryByteMillis", large, Forgotten::memoryByteMillis, BigInteger.ZERO);
        return ObjectType.of(
                "attempts that are added up",
                given -> new Forgotten(
                        given.get(attempts), given.get(devices), given.get(lost), given.get(cpu), given.get(memory)),
                attempts,
                devices,
                lost,
                cpu,
                memory);
    }

    private static Optional<BigInteger> large(String text) {
        return text.matches("[0-9]{1,60}") ? Optional.of(new BigInteger(text)) : Optional.empty();
    }

    private static ObjectType<PhaseChange> phaseChange() {
        Field<PhaseChange, Phase> phase = mandatory("phase", word(Phase.class), PhaseChange::phase);
        Field<PhaseChange, Integer> attempt =
                usual("attempt", Values.integer(0, Integer.MAX_VALUE), PhaseChange::attempt, 0);
        Field<PhaseChange, Instant> at = mandatory("at", INSTANT, PhaseChange::at);
        Field<PhaseChange, String> reason = usual("reason", TEXT, PhaseChange::reason, "");
        Field<PhaseChange, String> message = usual("message", TEXT, PhaseChange::message, "");
        return ObjectType.of(
                "a change of phase",
                given -> new PhaseChange(
                        given.get(phase), given.get(attempt), given.get(at), given.get(reason), given.get(message)),
                phase,
                attempt,
                at,
                reason,
                message);
    }

    private static ObjectType<Attempt> attempt() {
        ValueType<Integer> count = Values.integer(0, Integer.MAX_VALUE);
        return ObjectType.<Attempt, Attempt.Builder>builder("an attempt")
                .with(mandatory("id", ReplicaTable.ATTEMPT_ID, Attempt::id), Attempt.Builder::id)
                .with(usual("epoch", count, Attempt::epoch, 0), Attempt.Builder::epoch)
                .with(usual("wave", count, Attempt::wave, 0), Attempt.Builder::wave)
                .with(mandatory("grantedAt", INSTANT, Attempt::grantedAt), Attempt.Builder::grantedAt)
                .with(maybe("runningAt", INSTANT, Attempt::runningAt), (builder, at) -> builder.runningAt(at))
                .with(maybe("endedAt", INSTANT, Attempt::endedAt), (builder, at) -> builder.endedAt(at))
                .with(maybe("cause", cause(), Attempt::cause), (builder, cause) -> builder.cause(cause))
                .with(
                        usual("placement", ReplicaTable.PLACEMENT, Attempt::placement, Placement.EMPTY),
                        Attempt.Builder::placement)
                .with(
                        usual("pastPlacements", list(pastPlacement()), Attempt::pastPlacements, List.of()),
                        (builder, past) -> builder.pastPlacements(past))
                .with(
                        maybe("reservation", ReplicaTable.RESERVATION, Attempt::reservation),
                        (builder, reservation) -> builder.reservation(reservation))
                .with(
                        usual(
                                "replicas",
                                list(ReplicaTable.REPLICA),
                                attempt -> List.copyOf(attempt.replicas().values()),
                                List.of()),
                        RecordTable::putReplicas)
                .build(Attempt::builder, Attempt.Builder::build);
    }

    private static void putReplicas(Attempt.Builder builder, List<ReplicaRecord> replicas) {
        replicas.forEach(replica -> builder.putReplica(replica.key(), replica));
    }

    private static ObjectType<Attempt.PastPlacement> pastPlacement() {
        Field<Attempt.PastPlacement, Placement> placement =
                mandatory("placement", ReplicaTable.PLACEMENT, Attempt.PastPlacement::placement);
        Field<Attempt.PastPlacement, Instant> until = mandatory("until", INSTANT, Attempt.PastPlacement::until);
        return ObjectType.of(
                "a placement and its end",
                given -> new Attempt.PastPlacement(given.get(placement), given.get(until)),
                placement,
                until);
    }

    private static ObjectType<Observations> observations() {
        var progress = maybe("progress", ReplicaTable.PROGRESS, Observations::progress);
        var use = usual(
                "use",
                Values.keyed(map(ReplicaTable.USE), ReplicaTable::keyText, ReplicaTable::key),
                Observations::use,
                RecordTable.none());
        return ObjectType.of(
                "observations", given -> new Observations(given.find(progress), given.get(use)), progress, use);
    }
}
