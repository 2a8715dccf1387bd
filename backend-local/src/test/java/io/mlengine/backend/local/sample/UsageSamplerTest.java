package io.mlengine.backend.local.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UsageSamplerTest {
    private static final ReplicaId WORKER = replica(0);
    private static final ReplicaId OTHER = replica(1);

    @TempDir
    Path folder;

    private final Map<ReplicaId, List<UsageSample>> samples = new TreeMap<>();
    private final List<UsageSample.Gpu> gpus = new ArrayList<>();
    private long nanos;

    @Test
    void allProcessesOfASessionCountAndOthersDoNot() throws Exception {
        UsageSampler sampler = sampler();
        process(10, "train", 10, 100, 50, 0, 0, 1000);
        process(11, "data (loader) x", 10, 10, 0, 0, 0, 500);
        process(12, "stranger", 12, 9999, 0, 0, 0, 9999);
        sampler.track(WORKER, 10, List.of(), null);
        sampler.tick();
        assertThat(samples).isEmpty();
        process(10, "train", 10, 150, 75, 0, 0, 2000);
        process(11, "data (loader) x", 10, 35, 0, 0, 0, 500);
        nanos += 1_000_000_000L;
        sampler.tick();
        // 100 ticks of a hundredth of a second in one second: one core.
        UsageSample sample = samplesOf(WORKER).get(0);
        assertThat(sample.cpuMillis()).isEqualTo(1000);
        assertThat(sample.memoryBytes()).isEqualTo(2500 * 4096L);
        assertThat(sample.at()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void whatADescendantPutIntoASessionOfItsOwnCountsToo() throws Exception {
        UsageSampler sampler = sampler();
        process(10, "agent", 10, 0, 0, 0, 0, 100);
        process(11, 10, "sh", 11, 0, 0, 0, 0, 20);
        process(12, 11, "rank", 12, 0, 0, 0, 0, 3);
        process(13, 13, "its own parent", 13, 0, 0, 0, 0, 4000);
        sampler.track(WORKER, 10, List.of(), null);
        sampler.tick();
        process(12, 11, "rank", 12, 50, 0, 0, 0, 3);
        nanos += 1_000_000_000L;
        sampler.tick();
        assertThat(samplesOf(WORKER).get(0).memoryBytes()).isEqualTo(123 * 4096L);
        assertThat(samplesOf(WORKER).get(0).cpuMillis()).isEqualTo(500);
    }

    @Test
    void timeOfChildrenThatEndedStaysCounted() throws Exception {
        UsageSampler sampler = sampler();
        process(10, "sh", 10, 0, 0, 0, 0, 1);
        process(11, "child", 10, 40, 0, 0, 0, 1);
        sampler.track(WORKER, 10, List.of(), null);
        sampler.tick();
        Files.delete(folder.resolve("11/stat"));
        process(10, "sh", 10, 0, 0, 60, 0, 1);
        nanos += 1_000_000_000L;
        sampler.tick();
        assertThat(samplesOf(WORKER).get(0).cpuMillis()).isEqualTo(200);
        // Nobody waited for this one: the sum falls, the sample does not go below zero.
        process(10, "sh", 10, 0, 0, 0, 0, 1);
        nanos += 1_000_000_000L;
        sampler.tick();
        assertThat(samplesOf(WORKER).get(1).cpuMillis()).isZero();
    }

    @Test
    void aReplicaGetsTheFiguresOfItsOwnDevices() throws Exception {
        UsageSampler sampler = sampler();
        process(10, "a", 10, 0, 0, 0, 0, 1);
        process(20, "b", 20, 0, 0, 0, 0, 1);
        gpus.add(new UsageSample.Gpu("GPU-1", 90, 5));
        gpus.add(new UsageSample.Gpu("GPU-2", 10, 6));
        sampler.track(WORKER, 10, List.of("GPU-2", "MIG-without-figures"), null);
        sampler.track(OTHER, 20, List.of(), null);
        sampler.tick();
        nanos++;
        sampler.tick();
        assertThat(samplesOf(WORKER).get(0).gpus()).containsExactly(gpus.get(1));
        assertThat(samplesOf(OTHER).get(0).gpus()).isEmpty();
        sampler.untrack(WORKER);
        nanos++;
        sampler.tick();
        assertThat(samplesOf(WORKER)).hasSize(1);
        assertThat(samplesOf(OTHER)).hasSize(2);
    }

    @Test
    void aControlGroupsCountersComeFirst() throws Exception {
        UsageSampler sampler = sampler();
        process(10, "a", 10, 0, 0, 0, 0, 1);
        Path second = Files.createDirectories(folder.resolve("v2"));
        Files.writeString(second.resolve("cpu.stat"), "usage_usec 1000000\nuser_usec 1\n");
        Files.writeString(second.resolve("memory.current"), "5000\n");
        Files.writeString(second.resolve("memory.stat"), "anon 1\ninactive_file 1000\n");
        Path first = Files.createDirectories(folder.resolve("v1"));
        Files.writeString(first.resolve("cpuacct.usage"), "1000000000\n");
        Files.writeString(first.resolve("memory.usage_in_bytes"), "700\n");
        sampler.track(WORKER, 10, List.of(), second);
        sampler.track(OTHER, 10, List.of(), first);
        sampler.tick();
        Files.writeString(second.resolve("cpu.stat"), "usage_usec 1500000\n");
        Files.writeString(first.resolve("cpuacct.usage"), "3000000000\n");
        nanos += 1_000_000_000L;
        sampler.tick();
        assertThat(samplesOf(WORKER).get(0).cpuMillis()).isEqualTo(500);
        assertThat(samplesOf(WORKER).get(0).memoryBytes()).isEqualTo(4000);
        assertThat(samplesOf(OTHER).get(0).cpuMillis()).isEqualTo(2000);
        assertThat(samplesOf(OTHER).get(0).memoryBytes()).isEqualTo(700);
    }

    @Test
    void aReplicaWithoutProcessesGivesNoSample() throws Exception {
        UsageSampler sampler = sampler();
        sampler.track(WORKER, 10, List.of(), null);
        sampler.tick();
        nanos++;
        sampler.tick();
        assertThat(samples).isEmpty();
    }

    @Test
    void aRealBusySessionIsMeasured() throws Exception {
        BlockingQueue<UsageSample> heard = new LinkedBlockingQueue<>();
        Process busy = new ProcessBuilder("setsid", "--wait", "sh", "-c", "echo $$; while :; do :; done").start();
        try (UsageSampler sampler =
                new UsageSampler(Duration.ofMillis(200), ids -> List.of(), (replica, sample) -> heard.add(sample))) {
            long session = Long.parseLong(busy.inputReader().readLine());
            sampler.track(WORKER, session, List.of(), null);
            UsageSample sample;
            do {
                sample = heard.poll(20, TimeUnit.SECONDS);
                assertThat(sample).isNotNull();
            } while (sample.cpuMillis() < 200);
            assertThat(sample.memoryBytes()).isGreaterThan(100_000);
        } finally {
            busy.descendants().forEach(ProcessHandle::destroyForcibly);
            busy.destroyForcibly();
        }
    }

    private List<UsageSample> samplesOf(ReplicaId replica) {
        return samples.getOrDefault(replica, List.of());
    }

    private UsageSampler sampler() {
        return new UsageSampler(
                ids -> gpus.stream().filter(gpu -> ids.contains(gpu.device())).toList(),
                (replica, sample) -> samples.computeIfAbsent(replica, key -> new ArrayList<>())
                        .add(sample),
                folder,
                () -> Instant.EPOCH,
                () -> nanos);
    }

    private void process(
            long pid,
            String command,
            long session,
            long user,
            long system,
            long childUser,
            long childSystem,
            long pages)
            throws IOException {
        process(pid, 1, command, session, user, system, childUser, childSystem, pages);
    }

    private void process(
            long pid,
            long parent,
            String command,
            long session,
            long user,
            long system,
            long childUser,
            long childSystem,
            long pages)
            throws IOException {
        Path stat = Files.createDirectories(folder.resolve(String.valueOf(pid))).resolve("stat");
        Files.writeString(
                stat,
                pid + " (" + command + ") S " + parent + " " + session + " " + session + " 0 -1 4194304 1 2 3 4 " + user
                        + " "
                        + system + " " + childUser + " " + childSystem + " 20 0 1 0 12345 999999 " + pages
                        + " 18446744073709551615 1 1 0 0 0 0 0");
    }

    private static ReplicaId replica(int index) {
        return new ReplicaId(new AttemptId(JobId.of("job-a"), 1), "worker", index, 0);
    }
}
