package io.mlengine.core.document;

import static io.mlengine.core.document.Field.mandatory;
import static io.mlengine.core.document.RecordTable.maybe;
import static io.mlengine.core.document.RecordTable.usual;
import static io.mlengine.core.document.Values.INSTANT;
import static io.mlengine.core.document.Values.TEXT;
import static io.mlengine.core.document.Values.list;
import static io.mlengine.core.document.Values.map;
import static io.mlengine.core.document.Values.word;

import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.job.ReplicaUse;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The field table of what a record knows about replicas. */
final class ReplicaTable {
    private static final Pattern ATTEMPT = Pattern.compile("(.+)/([0-9]{1,9})");
    private static final Pattern KEY = Pattern.compile("(.+)-([0-9]{1,9})");
    private static final Pattern REPLICA_ID =
            Pattern.compile("(.+)/([0-9]{1,9})/(.+?)-([0-9]{1,9})(?:-r([0-9]{1,9}))?");
    private static final ValueType<Long> COUNT = Values.whole(0, Long.MAX_VALUE);
    private static final ValueType<Integer> SMALL = Values.integer(0, Integer.MAX_VALUE);

    static final ValueType<AttemptId> ATTEMPT_ID =
            Values.parsed("an attempt", AttemptId::toString, ReplicaTable::attemptId);
    static final ValueType<ReplicaId> ID = Values.parsed("a replica", ReplicaId::toString, ReplicaTable::replicaId);
    static final ValueType<ReplicaKey> REPLICA_KEY =
            Values.parsed("role and index", ReplicaTable::keyText, text -> Optional.of(key(text)));
    static final ObjectType<ExitStatus> EXIT = exit();
    static final ObjectType<ReplicaRecord> REPLICA = replica();
    static final ValueType<Placement> PLACEMENT = Values.converted(list(slot()), Placement::new, Placement::replicas);
    static final ValueType<Reservation> RESERVATION =
            Values.converted(list(endpoint()), Reservation::new, Reservation::endpoints);
    static final ObjectType<Progress> PROGRESS = progress();
    static final ObjectType<ReplicaUse> USE = use();

    private ReplicaTable() {}

    static String keyText(ReplicaKey key) {
        return key.toString();
    }

    static ReplicaKey key(String text) {
        Matcher matcher = KEY.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a replica: " + text);
        }
        return new ReplicaKey(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }

    private static Optional<AttemptId> attemptId(String text) {
        Matcher matcher = ATTEMPT.matcher(text);
        return matcher.matches()
                ? Optional.of(new AttemptId(JobId.of(matcher.group(1)), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    private static Optional<ReplicaId> replicaId(String text) {
        Matcher matcher = REPLICA_ID.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        AttemptId attempt = new AttemptId(JobId.of(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        int restart = matcher.group(5) == null ? 0 : Integer.parseInt(matcher.group(5));
        return Optional.of(new ReplicaId(attempt, matcher.group(3), Integer.parseInt(matcher.group(4)), restart));
    }

    private static ObjectType<ExitStatus> exit() {
        ValueType<Integer> any = Values.integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
        Field<ExitStatus, Integer> code = usual("code", any, ExitStatus::code, 0);
        Field<ExitStatus, Integer> signal = usual("signal", any, ExitStatus::signal, 0);
        Field<ExitStatus, Boolean> memory = usual("outOfMemory", Values.FLAG, ExitStatus::outOfMemory, false);
        return ObjectType.of(
                "an exit status",
                given -> new ExitStatus(given.get(code), given.get(signal), given.get(memory)),
                code,
                signal,
                memory);
    }

    private static ObjectType<ReplicaRecord> replica() {
        ObjectType<ReplicaStatus> status = status();
        Field<ReplicaRecord, ReplicaStatus> current = mandatory("current", status, ReplicaRecord::current);
        Field<ReplicaRecord, Integer> retries = usual("retries", SMALL, ReplicaRecord::retries, 0);
        Field<ReplicaRecord, ReplicaRecord.Intent> intent =
                usual("intent", word(ReplicaRecord.Intent.class), ReplicaRecord::intent, ReplicaRecord.Intent.RUN);
        Field<ReplicaRecord, List<ReplicaStatus>> past = usual("past", list(status), ReplicaRecord::past, List.of());
        return ObjectType.of(
                "a replica",
                given -> new ReplicaRecord(given.get(current), given.get(retries), given.get(intent), given.get(past)),
                current,
                retries,
                intent,
                past);
    }

    private static ObjectType<ReplicaStatus> status() {
        return ObjectType.<ReplicaStatus, ReplicaStatus.Builder>builder("a replica's status")
                .with(mandatory("id", ID, ReplicaStatus::id), ReplicaStatus.Builder::id)
                .with(mandatory("revision", COUNT, ReplicaStatus::revision), ReplicaStatus.Builder::revision)
                .with(mandatory("state", word(ReplicaState.class), ReplicaStatus::state), ReplicaStatus.Builder::state)
                .with(maybe("exit", EXIT, ReplicaStatus::exit), (builder, exit) -> builder.exit(exit))
                .with(
                        maybe("failureClass", word(FailureClass.class), ReplicaStatus::failureClass),
                        (builder, kind) -> builder.failureClass(kind))
                .with(usual("reason", TEXT, ReplicaStatus::reason, ""), ReplicaStatus.Builder::reason)
                .with(usual("message", TEXT, ReplicaStatus::message, ""), ReplicaStatus.Builder::message)
                .with(
                        usual("lastLines", list(TEXT), ReplicaStatus::lastLines, List.of()),
                        (builder, lines) -> builder.lastLines(lines))
                .with(
                        maybe("codeCommit", TEXT, ReplicaStatus::codeCommit),
                        (builder, commit) -> builder.codeCommit(commit))
                .with(maybe("startedAt", INSTANT, ReplicaStatus::startedAt), (builder, at) -> builder.startedAt(at))
                .with(maybe("endedAt", INSTANT, ReplicaStatus::endedAt), (builder, at) -> builder.endedAt(at))
                .build(ReplicaStatus::builder, ReplicaStatus.Builder::build);
    }

    private static ObjectType<Placement.Slot> slot() {
        Field<Placement.Slot, ReplicaKey> key = mandatory("replica", REPLICA_KEY, Placement.Slot::key);
        Field<Placement.Slot, String> node = mandatory("node", TEXT, Placement.Slot::node);
        Field<Placement.Slot, List<String>> devices = usual("devices", list(TEXT), Placement.Slot::devices, List.of());
        return ObjectType.of(
                "a slot",
                given -> new Placement.Slot(given.get(key), given.get(node), given.get(devices)),
                key,
                node,
                devices);
    }

    private static ObjectType<Reservation.Endpoint> endpoint() {
        Field<Reservation.Endpoint, ReplicaKey> key = mandatory("replica", REPLICA_KEY, Reservation.Endpoint::key);
        Field<Reservation.Endpoint, String> host = mandatory("host", TEXT, Reservation.Endpoint::host);
        Field<Reservation.Endpoint, SortedMap<String, Integer>> ports =
                usual("ports", map(SMALL), Reservation.Endpoint::ports, Collections.emptySortedMap());
        return ObjectType.of(
                "an endpoint",
                given -> new Reservation.Endpoint(given.get(key), given.get(host), given.get(ports)),
                key,
                host,
                ports);
    }

    private static ObjectType<Progress> progress() {
        return ObjectType.<Progress, Progress.Builder>builder("progress")
                .with(maybe("step", COUNT, of -> boxed(of.step())), (builder, step) -> builder.step(step))
                .with(maybe("total", COUNT, of -> boxed(of.total())), (builder, total) -> builder.total(total))
                .with(maybe("epoch", COUNT, of -> boxed(of.epoch())), (builder, epoch) -> builder.epoch(epoch))
                .with(
                        usual("metrics", map(Values.NUMBER), Progress::metrics, new TreeMap<>()),
                        (builder, metrics) -> builder.metrics(metrics))
                .build(Progress::builder, Progress.Builder::build);
    }

    private static Optional<Long> boxed(OptionalLong value) {
        return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
    }

    private static ObjectType<ReplicaUse> use() {
        Field<ReplicaUse, Long> sampled = usual("sampledMillis", COUNT, ReplicaUse::sampledMillis, 0L);
        Field<ReplicaUse, Long> alive = usual("aliveMillis", COUNT, ReplicaUse::aliveMillis, 0L);
        Field<ReplicaUse, Long> preparing = usual("preparingMillis", COUNT, ReplicaUse::preparingMillis, 0L);
        Field<ReplicaUse, Long> cpu = usual("cpuMilliMillis", COUNT, ReplicaUse::cpuMilliMillis, 0L);
        Field<ReplicaUse, Long> cpuPeak = usual("cpuMillisPeak", COUNT, ReplicaUse::cpuMillisPeak, 0L);
        Field<ReplicaUse, Long> memoryPeak = usual("memoryBytesPeak", COUNT, ReplicaUse::memoryBytesPeak, 0L);
        Field<ReplicaUse, SortedMap<String, ReplicaUse.Gpu>> gpus =
                usual("gpus", map(gpuUse()), ReplicaUse::gpus, Collections.emptySortedMap());
        return ObjectType.of(
                "use of a replica",
                given -> new ReplicaUse(
                        given.get(sampled),
                        given.get(alive),
                        given.get(preparing),
                        given.get(cpu),
                        given.get(cpuPeak),
                        given.get(memoryPeak),
                        given.get(gpus)),
                sampled,
                alive,
                preparing,
                cpu,
                cpuPeak,
                memoryPeak,
                gpus);
    }

    private static ObjectType<ReplicaUse.Gpu> gpuUse() {
        Field<ReplicaUse.Gpu, Long> sampled = usual("sampledMillis", COUNT, ReplicaUse.Gpu::sampledMillis, 0L);
        Field<ReplicaUse.Gpu, Long> busy = usual("busyPercentMillis", COUNT, ReplicaUse.Gpu::busyPercentMillis, 0L);
        Field<ReplicaUse.Gpu, Long> idle = usual("idleMillis", COUNT, ReplicaUse.Gpu::idleMillis, 0L);
        Field<ReplicaUse.Gpu, Long> peak = usual("memoryBytesPeak", COUNT, ReplicaUse.Gpu::memoryBytesPeak, 0L);
        return ObjectType.of(
                "use of a device",
                given -> new ReplicaUse.Gpu(given.get(sampled), given.get(busy), given.get(idle), given.get(peak)),
                sampled,
                busy,
                idle,
                peak);
    }
}
