package io.mlengine.core.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WaitTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void tellsTheBestNodeWhenAReplicaFitsOnNone() {
        ClusterState state = state(node("gpu-10", 8), node("gpu-11", 8))
                .addRunning(running(1, "gpu-10", 0, 1, 2, 3), running(2, "gpu-11", 0, 1))
                .addPending(pending(3, Resources.builder().gpus(8).build(), 1).build())
                .build();
        assertThat(text(new FifoPolicy(), state, 3))
                .isEqualTo("waiting for 8 GPUs on one node: 6 GPUs free on gpu-11, short by 2, held by job-2");
    }

    @Test
    void tellsTheQuotaThatIsUsedUp() {
        ClusterState state = state(node("gpu-10", 8))
                .addPending(pending(1, Resources.builder().gpus(1).build(), 1)
                        .notBefore(NOW.plusSeconds(20))
                        .refusal("exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2")
                        .build())
                .build();
        assertThat(text(new FifoPolicy(), state, 1))
                .isEqualTo("waiting for a quota: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2;"
                        + " asks again at 2026-01-01T12:00:20Z");
    }

    @Test
    void tellsTheSumWhenTheClusterIsTooFull() {
        ClusterState state = state(node("gpu-10", 4), node("gpu-11", 4))
                .addRunning(running(1, "gpu-10", 0, 1, 2))
                .addPending(pending(3, Resources.builder().gpus(2).build(), 3).build())
                .build();
        assertThat(text(new FifoPolicy(), state, 3))
                .isEqualTo("waiting for 6 GPUs: 5 GPUs free, short by 1, held by job-1");
    }

    @Test
    void tellsThatFreeRoomIsInPieces() {
        ClusterState state = state(node("gpu-10", 4), node("gpu-11", 4))
                .addRunning(running(1, "gpu-10", 0), running(2, "gpu-11", 0))
                .addPending(pending(3, Resources.builder().gpus(2).build(), 3).build())
                .build();
        assertThat(text(new FifoPolicy(), state, 3))
                .isEqualTo("waiting for 6 GPUs: the free room is in pieces that hold 4 GPUs, short by 2");
    }

    @Test
    void tellsWhatIsMissingInTheBestDomain() {
        ClusterState state = state(node("gpu-10", 4), node("gpu-11", 4))
                .addRunning(running(1, "gpu-10", 0))
                .addPending(pending(3, Resources.builder().gpus(2).build(), 2)
                        .topology(new SchedulingWishes.Topology("node", true))
                        .build())
                .addRunning(running(2, "gpu-11", 0, 1))
                .build();
        assertThat(text(new FifoPolicy(), state, 3))
                .isEqualTo("waiting for 4 GPUs together: 3 GPUs free in gpu-10, short by 1, held by job-1");
    }

    @Test
    void tellsTheModelThatIsNotThere() {
        Resources h100 = Resources.builder()
                .gpus(GpuRequest.builder().count(2).model("H100").build())
                .build();
        ClusterState state =
                state(node("gpu-10", 4)).addPending(pending(1, h100, 1).build()).build();
        Wait wait = wait(new PriorityPolicy(), state, 1);
        assertThat(wait.isImpossible()).isTrue();
        assertThat(wait.text()).isEqualTo("cannot run here: needs 2 H100 GPUs, gpu-10 has at most 0 H100 GPUs");
    }

    @Test
    void tellsTheLimitOfTheQueueAndWhoHoldsIt() {
        ClusterState state = state(node("gpu-10", 4))
                .addQueue(QueueConfig.named("default").gpus(3).build())
                .addRunning(running(1, "gpu-10", 0, 1))
                .addPending(pending(2, Resources.builder().gpus(2).build(), 1).build())
                .build();
        assertThat(text(new FifoPolicy(), state, 2))
                .isEqualTo(
                        "waiting for queue default: needs 2 GPUs, 1 GPU left of its limit, short by 1, held by job-1");
    }

    @Test
    void tellsUnitsOfMemoryAndCores() {
        Resources large =
                Resources.builder().cpuMillis(2500).memoryBytes(3L << 30).build();
        ClusterState state = ClusterState.builder()
                .now(NOW)
                .addNode(Node.builder()
                        .name("n")
                        .cpuMillis(2000)
                        .memoryBytes(2L << 30)
                        .build())
                .addPending(pending(1, large, 1).build())
                .build();
        assertThat(text(new FifoPolicy(), state, 1))
                .isEqualTo("cannot run here: needs 2.5 cores, n has at most 2 cores; "
                        + "cannot run here: needs 3 GiB of memory, n has at most 2 GiB of memory");
    }

    @Test
    void tellsWhatEveryReplicaTakes() {
        Node full = Node.builder()
                .from(node("gpu-10", 4))
                .putExtended("pods", 3)
                .addPerReplica("pods")
                .build();
        ClusterState state = state(full)
                .addRunning(running(1, "gpu-10", 0))
                .addPending(
                        pending(2, Resources.NONE, 3).build(),
                        pending(3, Resources.NONE, 4).build())
                .build();
        assertThat(text(new PriorityPolicy(), state, 2))
                .isEqualTo("waiting for 3 pods: 2 pods free, short by 1, held by job-1");
        assertThat(text(new PriorityPolicy(), state, 3))
                .isEqualTo("cannot run here: needs 4 pods, there is at most 3 pods");
    }

    @Test
    void whatEveryReplicaTakesHoldsNobodyUp() {
        Node full = Node.builder()
                .from(node("gpu-10", 4))
                .putExtended("pods", 3)
                .addPerReplica("pods")
                .build();
        ClusterState state = state(full)
                .addRunning(running(1, "gpu-10", 0, 1))
                .addPending(
                        pending(2, Resources.builder().gpus(3).build(), 1).build(),
                        pending(3, Resources.NONE, 1).build())
                .build();
        assertThat(new FifoPolicy().decide(state, Budget.DEFAULT).starts())
                .extracting(Plan.Start::job)
                .containsExactly(JobId.of("job-3"));
    }

    @Test
    void tellsWhomItIsBehindAndItsPosition() {
        ClusterState state = state(node("gpu-10", 2))
                .addRunning(running(1, "gpu-10", 0))
                .addPending(
                        pending(2, Resources.builder().gpus(2).build(), 1).build(),
                        pending(3, Resources.builder().gpus(1).build(), 1).build())
                .build();
        Wait wait = wait(new FifoPolicy(), state, 3);
        assertThat(wait.text()).isEqualTo("behind job-2");
        assertThat(wait.position()).isEqualTo(2);
    }

    @Test
    void tellsWhoStopsForIt() {
        ClusterState state = state(node("gpu-10", 2))
                .addRunning(running(1, "gpu-10", 0, 1))
                .addPending(pending(2, Resources.builder().gpus(2).build(), 1)
                        .priority(5)
                        .build())
                .build();
        Plan plan = new PriorityPolicy().decide(state, Budget.DEFAULT);
        assertThat(plan.evictions())
                .containsExactly(new Plan.Eviction(
                        JobId.of("job-1"), JobId.of("job-2"), "stopped for job-2, which has priority 5 over 0"));
        assertThat(text(new PriorityPolicy(), state, 2)).isEqualTo("starts when job-1 has stopped");
    }

    @Test
    void tellsUntilWhenItBacksOff() {
        ClusterState state = state(node("gpu-10", 2))
                .addPending(pending(1, Resources.NONE, 1)
                        .notBefore(NOW.plusSeconds(40))
                        .build())
                .build();
        assertThat(text(new FifoPolicy(), state, 1)).isEqualTo("backs off after a failure until 2026-01-01T12:00:40Z");
    }

    private static String text(SchedulingPolicy policy, ClusterState state, int job) {
        return wait(policy, state, job).text();
    }

    private static Wait wait(SchedulingPolicy policy, ClusterState state, int job) {
        return Optional.ofNullable(policy.decide(state, Budget.DEFAULT).waits().get(JobId.of("job-" + job)))
                .orElseThrow();
    }

    private static ClusterState.Builder state(Node... nodes) {
        return ClusterState.builder().now(NOW).nodes(List.of(nodes));
    }

    private static Node node(String name, int gpus) {
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < gpus; i++) {
            devices.add(Device.builder()
                    .id(name + "/" + i)
                    .index(i)
                    .model("NVIDIA A100")
                    .build());
        }
        return Node.builder()
                .name(name)
                .cpuMillis(64_000)
                .memoryBytes(1L << 40)
                .devices(devices)
                .build();
    }

    private static RunningGang running(int job, String node, int... devices) {
        List<String> ids = new ArrayList<>();
        for (int device : devices) {
            ids.add(node + "/" + device);
        }
        Resources resources = Resources.builder().gpus(devices.length).build();
        return RunningGang.builder()
                .id(JobId.of("job-" + job))
                .sequence(job)
                .submittedAt(NOW)
                .grantedAt(NOW)
                .addRole(GangRole.fixed("worker", 1, resources))
                .placement(new Placement(List.of(new Placement.Slot(new ReplicaKey("worker", 0), node, ids))))
                .build();
    }

    private static PendingGang.Builder pending(int job, Resources resources, int replicas) {
        return PendingGang.builder()
                .id(JobId.of("job-" + job))
                .sequence(job)
                .submittedAt(NOW)
                .addRole(GangRole.fixed("worker", replicas, resources));
    }
}
