package io.mlengine.core.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Observations;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.job.ReplicaUse;
import io.mlengine.core.metering.UsageTotal;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** However many replicas a job has, and whatever they say when they fail, its record fits into its object. */
class RecordSizeProperties {
    private static final JobId ID = JobId.of("j-8f3a3ab6-93de-4bd1-a0b0-64d3b0ae1f27");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00.123456Z");
    private static final long MOST = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_TEXT = 1000;
    private static final List<String> TEXTS =
            new Random(5).ints(200).mapToObj(seed -> newText(new Random(seed))).toList();

    @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
    void aRecordFitsHoweverManyReplicasFailAndWhateverTheySay(
            @ForAll @IntRange(min = 1, max = 120) int replicas,
            @ForAll @IntRange(min = 0, max = 6) int attempts,
            @ForAll Random random) {
        check(record(replicas, attempts, 8, random));
    }

    @Example
    void theLargestGangFits() {
        check(record(4000, 1, 1, new Random(1)));
    }

    @Example
    void manyAttemptsOfALargeGangFit() {
        check(record(30, 32, 8, new Random(2)));
    }

    private static void check(JobRecord record) {
        String text = RecordDocument.writeWithin(record, MOST);
        assertThat(inJson(text)).isLessThanOrEqualTo(MOST);
        if (inJson(RecordDocument.write(record)) <= MOST) {
            assertThat(text).isEqualTo(RecordDocument.write(record));
        }

        JobRecord read = RecordDocument.read(text);

        assertThat(UsageTotal.of(read, START)).isEqualTo(UsageTotal.of(record, START));
        assertThat(read.forgotten().attempts() + read.pastAttempts().size())
                .isEqualTo(record.pastAttempts().size());
        assertThat(essence(read)).isEqualTo(essence(record));
        assertThat(inJson(RecordDocument.writeWithin(read, MOST))).isLessThanOrEqualTo(MOST);
    }

    /** What decisions rest on. */
    private static List<Object> essence(JobRecord record) {
        List<Object> essence = new ArrayList<>(List.of(
                record.id(),
                record.train(),
                record.version(),
                record.phase(),
                record.retries(),
                record.timers(),
                record.history().get(0).at(),
                record.history().get(record.history().size() - 1).phase()));
        Attempt attempt = record.attempt().orElseThrow();
        essence.addAll(List.of(attempt.id(), attempt.placement(), attempt.reservation(), attempt.grantedAt()));
        essence.add(attempt.cause().map(FailureCause::reason));
        attempt.replicas().values().forEach(replica -> {
            ReplicaStatus status = replica.current();
            essence.addAll(List.of(
                    replica.intent(),
                    status.id(),
                    status.revision(),
                    status.state(),
                    status.reason(),
                    status.exit(),
                    status.endedAt()));
        });
        return essence;
    }

    @Example
    void whatIsMissedLeastGoesFirst() {
        JobRecord record = record(120, 2, 8, new Random(3));

        JobRecord read = RecordDocument.read(RecordDocument.writeWithin(record, MOST));

        assertThat(read.pastAttempts()).hasSize(2);
        assertThat(read.attempt().orElseThrow().cause())
                .isEqualTo(record.attempt().orElseThrow().cause());
        assertThat(read.history()).isEqualTo(record.history());
    }

    @Example
    void aDamagedPackageIsAnErrorWithACode() {
        String packed = PackedText.pack(RecordDocument.write(record(3, 1, 8, new Random(4))));
        assertThat(RecordDocument.read(packed).id()).isEqualTo(ID);
        for (String damaged : List.of(packed.substring(0, 40), "gzip:", "gzip:%", "gzip:aGVsbG8=")) {
            assertThatThrownBy(() -> RecordDocument.read(damaged))
                    .isInstanceOfSatisfying(
                            MLEngineException.class,
                            e -> assertThat(e.code()).isEqualTo(RecordDocument.Error.UNREADABLE_RECORD));
        }
    }

    private static long inJson(String text) {
        try {
            return JSON.writeValueAsString(text).getBytes(StandardCharsets.UTF_8).length - 2L;
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** All replicas have failed with the longest texts that a backend reports, of letters that no packing makes small. */
    private static JobRecord record(int replicas, int attempts, int lines, Random random) {
        MLTrain train = MLTrain.named("t".repeat(40))
                .namespace("n".repeat(63))
                .framework("command")
                .addRole(Role.named("worker-with-a-long-name")
                        .replicas(replicas)
                        .resources(Resources.builder().cpus(3).gpus(8).build())
                        .command("train")
                        .build())
                .build();
        JobRecord.Builder record = JobRecord.builder()
                .id(ID)
                .train(train)
                .user("ada")
                .sequence(7)
                .version(12)
                .phase(Phase.RUNNING)
                .createdAt(START)
                .attempt(attempt(attempts + 1, replicas, lines, random));
        TreeMap<ReplicaKey, ReplicaUse> use = new TreeMap<>();
        for (int i = 0; i < replicas; i++) {
            use.put(key(i), new ReplicaUse(random.nextInt(), 2, 3, 4, 5, 6, new TreeMap<>()));
        }
        record.observations(new Observations(Optional.empty(), use));
        for (int i = 1; i <= attempts; i++) {
            record.addPastAttempt(attempt(i, replicas, lines, random));
        }
        for (int i = 0; i < 256; i++) {
            record.addHistory(new PhaseChange(
                    Phase.RUNNING, 1, START.plusSeconds(i), "Reason", i % 20 == 0 ? text(random, 1000) : ""));
        }
        return record.build();
    }

    private static Attempt attempt(int number, int replicas, int lines, Random random) {
        AttemptId id = new AttemptId(ID, number);
        List<Placement.Slot> slots = new ArrayList<>();
        List<Reservation.Endpoint> endpoints = new ArrayList<>();
        Attempt.Builder attempt = Attempt.builder()
                .id(id)
                .grantedAt(START.plusSeconds(100L * number))
                .endedAt(START.plusSeconds(100L * number + 50));
        for (int i = 0; i < replicas; i++) {
            ReplicaKey key = key(i);
            slots.add(new Placement.Slot(key, node(random), List.of()));
            String host =
                    "t".repeat(40) + "-" + key + "-a" + number + "." + "t".repeat(40) + "." + "n".repeat(63) + ".svc";
            endpoints.add(new Reservation.Endpoint(key, host, new TreeMap<>(Map.of("master", 29500))));
            List<String> output = new ArrayList<>();
            for (int line = 0; line < lines; line++) {
                output.add(text(random, 500));
            }
            ReplicaStatus status = ReplicaStatus.builder()
                    .id(new ReplicaId(id, key.role(), key.index(), 0))
                    .revision(random.nextInt(1_000_000_000))
                    .state(ReplicaState.FAILED)
                    .exit(ExitStatus.ofCode(1))
                    .failureClass(FailureClass.USER_RETRYABLE)
                    .reason("ExitCode")
                    .message(text(random, 500))
                    .lastLines(output)
                    .codeCommit("8c2f1d0e9b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d")
                    .startedAt(START.plusMillis(random.nextInt(100_000)))
                    .endedAt(START.plusMillis(random.nextInt(100_000)))
                    .build();
            List<ReplicaStatus> starts = Collections.nCopies(random.nextInt(9), status);
            attempt.putReplica(key, new ReplicaRecord(status, 0, intent(random), starts));
        }
        return attempt.placement(new Placement(slots))
                .reservation(new Reservation(endpoints))
                .cause(new FailureCause(
                        FailureClass.USER_RETRYABLE,
                        "ExitCode",
                        text(random, 600),
                        Optional.of(new ReplicaId(id, key(0).role(), 0, 0)),
                        Optional.of(ExitStatus.ofCode(1)),
                        List.of(text(random, 500))))
                .build();
    }

    private static ReplicaRecord.Intent intent(Random random) {
        ReplicaRecord.Intent[] intents = ReplicaRecord.Intent.values();
        return intents[random.nextInt(intents.length)];
    }

    private static ReplicaKey key(int index) {
        return new ReplicaKey("worker-with-a-long-name", index);
    }

    /** As long as a label may be. */
    private static String node(Random random) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < 63; i++) {
            name.append("abcdefghijklmnopqrstuvwxyz0123456789".charAt(random.nextInt(36)));
        }
        return name.toString();
    }

    /** One of some, which are too far from each other in a record for a packer to see that they are the same. */
    private static String text(Random random, int length) {
        String text = TEXTS.get(random.nextInt(TEXTS.size()));
        return text.substring(0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
    }

    private static String newText(Random random) {
        StringBuilder text = new StringBuilder();
        while (text.length() < LONGEST_TEXT) {
            switch (random.nextInt(5)) {
                case 0 -> text.append('"').append('\\');
                case 1 -> text.append((char) random.nextInt(0x20));
                case 2 -> text.appendCodePoint(0x1F300 + random.nextInt(0x200));
                default -> text.append((char) (0x4E00 + random.nextInt(0x5000)));
            }
        }
        return text.toString();
    }
}
