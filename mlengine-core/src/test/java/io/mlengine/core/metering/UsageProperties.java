package io.mlengine.core.metering;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class UsageProperties {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00.000500Z");
    private static final DeviceModels MODELS = (node, device) -> Optional.of(device.endsWith("0") ? "A100" : "H100");

    /** One epoch of an attempt: how long it lasted, in microseconds, and how many workers it had. */
    record Epoch(long micros, int workers) {}

    @Provide
    Arbitrary<List<Epoch>> epochs() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 5_000_000),
                        Arbitraries.integers().between(0, 4))
                .as(Epoch::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    @Provide
    Arbitrary<List<List<Epoch>>> attempts() {
        return epochs().list().ofMinSize(1).ofMaxSize(3);
    }

    @Property
    void whatJobsAreChargedIsWhatDevicesWereBusy(@ForAll("attempts") List<List<Epoch>> attempts) {
        JobRecord job = job(attempts);
        List<UsageRecord> records = Usage.of(job, MODELS, START.plusSeconds(3600));
        // From the side of each device: when was it held?
        SortedMap<String, Long> busy = new TreeMap<>();
        List<Attempt> all = new ArrayList<>(job.pastAttempts());
        job.attempt().ifPresent(all::add);
        for (Attempt attempt : all) {
            for (Usage.Interval interval : Usage.intervals(attempt, START)) {
                for (Placement.Slot slot : interval.placement().replicas()) {
                    slot.devices().forEach(device -> busy.merge(device, interval.millis(), Long::sum));
                }
            }
        }
        long sum = busy.values().stream().mapToLong(Long::longValue).sum();
        assertThat(UsageTotal.of(records).deviceMillis()).isEqualTo(sum);
        assertThat(UsageTotal.by(records, UsageRecord::deviceModel).values().stream()
                        .mapToLong(UsageTotal::deviceMillis)
                        .sum())
                .isEqualTo(sum);
        assertThat(UsageTotal.by(records, usage -> usage.attempt().number()).values().stream()
                        .mapToLong(UsageTotal::deviceMillis)
                        .sum())
                .isEqualTo(sum);
    }

    @Property
    void aResizeToTheSameSizeChangesNoSum(@ForAll("epochs") List<Epoch> epochs) {
        List<Epoch> split = new ArrayList<>();
        for (Epoch epoch : epochs) {
            split.add(new Epoch(epoch.micros() / 3, epoch.workers()));
            split.add(new Epoch(epoch.micros() - epoch.micros() / 3, epoch.workers()));
        }
        assertThat(total(split)).isEqualTo(total(epochs));
    }

    @Property
    void readingAgainLaterChangesNothingOfWhatHasEnded(@ForAll("attempts") List<List<Epoch>> attempts) {
        JobRecord job = job(attempts);
        assertThat(Usage.of(job, MODELS, START)).isEqualTo(Usage.of(job, MODELS, Instant.MAX));
    }

    @Property
    void whatIsForgottenStillCounts(@ForAll("attempts") List<List<Epoch>> attempts, @ForAll int from, @ForAll int to) {
        JobRecord job = job(attempts);
        int size = job.pastAttempts().size();
        int first = Math.floorMod(from, size + 1);
        int end = first + Math.floorMod(to, size + 1 - first);

        JobRecord less = Forgetting.past(job, first, end);

        assertThat(less.pastAttempts()).hasSize(size - (end - first));
        assertThat(less.forgotten().attempts()).isEqualTo(end - first);
        assertThat(UsageTotal.of(less, START)).isEqualTo(UsageTotal.of(job, START));
        assertThat(UsageTotal.of(job, START)).isEqualTo(UsageTotal.of(Usage.of(job, MODELS, START)));
    }

    @Property
    void intervalsOfAnAttemptDoNotOverlap(@ForAll("epochs") List<Epoch> epochs) {
        Attempt attempt = attempt(1, epochs, START);
        Instant last = START;
        for (Usage.Interval interval : Usage.intervals(attempt, START)) {
            assertThat(interval.since()).isAfterOrEqualTo(last);
            last = interval.until();
        }
    }

    @Property
    void eachEndedAttemptThatHoldsPlacesIsMetered(@ForAll("epochs") List<Epoch> epochs) {
        Assume.that(epochs.stream().allMatch(epoch -> epoch.workers() > 0));
        JobRecord job = job(List.of(epochs));
        assertThat(Usage.ofEnded(job, job.attempt().orElseThrow(), MODELS)).isPresent();
    }

    @Example
    void anAttemptThatEndsWithItsGrantIsMeteredWithNoAmount() {
        JobRecord job = job(List.of(List.of(new Epoch(0, 2))));
        AttemptUsage usage =
                Usage.ofEnded(job, job.attempt().orElseThrow(), MODELS).orElseThrow();
        assertThat(UsageTotal.of(usage.records())).isEqualTo(UsageTotal.ZERO);
        assertThat(usage.records()).allSatisfy(record -> {
            assertThat(record.since()).isEqualTo(START);
            assertThat(record.until()).isEqualTo(START);
        });
    }

    @Example
    void cpuAndMemoryAreExactBeyondLongs() {
        List<Epoch> year = List.of(new Epoch(365L * 86_400 * 1_000_000, 4));
        UsageTotal total = total(year);
        BigInteger millis = BigInteger.valueOf(365L * 86_400 * 1000);
        assertThat(total.memoryByteMillis())
                .isEqualTo(millis.multiply(BigInteger.valueOf(Long.MAX_VALUE)).multiply(BigInteger.valueOf(4)));
        assertThat(total.gpuSeconds()).isEqualTo(4L * 365 * 86_400);
    }

    @Example
    void whatAFailedAttemptHeldIsLost() {
        Attempt failed = Attempt.builder()
                .from(attempt(1, List.of(new Epoch(2_000_000, 2)), START))
                .cause(new FailureCause(
                        FailureClass.INFRASTRUCTURE, "NodeLost", "", Optional.empty(), Optional.empty(), List.of()))
                .build();
        Attempt open = Attempt.builder()
                .id(new AttemptId(JobId.of("job-1"), 2))
                .placement(placement(1))
                .grantedAt(START.plusSeconds(10))
                .build();
        JobRecord job = record().addPastAttempt(failed).attempt(open).build();
        List<UsageRecord> records = Usage.of(job, MODELS, START.plusSeconds(13));
        assertThat(UsageTotal.of(records).lostDeviceMillis()).isEqualTo(4000);
        assertThat(UsageTotal.of(records).deviceMillis()).isEqualTo(7000);
        assertThat(records)
                .extracting(UsageRecord::worth)
                .containsExactly(UsageRecord.Worth.LOST, UsageRecord.Worth.LOST, UsageRecord.Worth.OPEN);
        assertThat(TimeSplit.of(job, 0, START.plusSeconds(13))).isEqualTo(new TimeSplit(7000, 4000, 3000, 0, 0));
    }

    private static UsageTotal total(List<Epoch> epochs) {
        return UsageTotal.of(Usage.of(job(List.of(epochs)), MODELS, START));
    }

    private static JobRecord job(List<List<Epoch>> attempts) {
        JobRecord.Builder job = record();
        Instant at = START;
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempt(i + 1, attempts.get(i), at);
            at = attempt.endedAt().orElse(at);
            if (i < attempts.size() - 1) {
                job.addPastAttempt(attempt);
            } else {
                job.attempt(attempt);
            }
        }
        return job.build();
    }

    private static JobRecord.Builder record() {
        Role worker = Role.named("worker")
                .resources(Resources.builder()
                        .cpuMillis(Long.MAX_VALUE)
                        .memoryBytes(Long.MAX_VALUE)
                        .gpus(1)
                        .build())
                .build();
        return JobRecord.builder()
                .id(JobId.of("job-1"))
                .train(MLTrain.named("job").framework("command").addRole(worker).build())
                .user("ana")
                .sequence(1)
                .version(1)
                .phase(Phase.RUNNING)
                .createdAt(START);
    }

    private static Attempt attempt(int number, List<Epoch> epochs, Instant start) {
        Attempt.Builder attempt = Attempt.builder()
                .id(new AttemptId(JobId.of("job-1"), number))
                .grantedAt(start)
                .placement(placement(epochs.get(epochs.size() - 1).workers()));
        Instant at = start;
        for (int i = 0; i < epochs.size(); i++) {
            at = at.plusNanos(epochs.get(i).micros() * 1000);
            if (i < epochs.size() - 1) {
                attempt.addPastPlacement(
                        new Attempt.PastPlacement(placement(epochs.get(i).workers()), at));
            }
        }
        return attempt.endedAt(at).build();
    }

    private static Placement placement(int workers) {
        List<Placement.Slot> slots = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            slots.add(new Placement.Slot(new ReplicaKey("worker", i), "node", List.of("gpu-" + i)));
        }
        return new Placement(slots);
    }
}
