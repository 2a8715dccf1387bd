package io.mlengine.core.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Choices that no law prescribes, and rules by which the two policies differ. */
class PolicyTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final SchedulingPolicy FIFO = new FifoPolicy();
    private static final SchedulingPolicy PRIORITY = new PriorityPolicy();

    @Test
    void aGangGoesToTheNodeThatItFillsBest() {
        ClusterState state = state(node("a", 8), node("b", 4))
                .addPending(pending(1, gpus(2), 2).build())
                .build();
        assertThat(starts(FIFO, state)).containsExactly("job-1 worker-0 b b/0 b/1", "job-1 worker-1 b b/2 b/3");
    }

    @Test
    void aReplicaGetsNeighbours() {
        ClusterState state = state(node("a", 8))
                .addRunning(running(1, "a", "a/1"), running(2, "a", "a/4"))
                .addPending(pending(3, gpus(2), 1).build())
                .build();
        assertThat(starts(FIFO, state)).containsExactly("job-3 worker-0 a a/2 a/3");
    }

    @Test
    void aWishForAnyDeviceLeavesTheRareOneToWhoeverNeedsIt() {
        Node mixed = Node.builder()
                .name("a")
                .cpuMillis(8000)
                .memoryBytes(8)
                .addDevices(device("h100", 0, "NVIDIA H100"), device("a100", 1, "NVIDIA A100"))
                .build();
        Resources h100 = Resources.builder()
                .gpus(GpuRequest.builder().count(1).model("h100").build())
                .build();
        ClusterState state = state(mixed)
                .addPending(pending(1, gpus(1), 1)
                        .addRole(GangRole.fixed("chief", 1, h100))
                        .build())
                .build();
        assertThat(starts(FIFO, state)).containsExactly("job-1 chief-0 a h100", "job-1 worker-0 a a100");
    }

    @Test
    void instancesAndWholeDevicesAreNotMixedUp() {
        Node divided = Node.builder()
                .name("a")
                .cpuMillis(8000)
                .memoryBytes(8)
                .addDevices(
                        Device.builder().from(device("whole", 0, "NVIDIA A100")).build(),
                        Device.builder()
                                .from(device("instance", 1, "NVIDIA A100"))
                                .parent("whole")
                                .migProfile("1g.10gb")
                                .build())
                .build();
        Resources instance = Resources.builder()
                .gpus(GpuRequest.builder().count(1).migProfile("1g.10gb").build())
                .build();
        ClusterState state = state(divided)
                .addPending(
                        pending(1, gpus(1), 1).build(), pending(2, instance, 1).build())
                .build();
        assertThat(starts(PRIORITY, state)).containsExactly("job-2 worker-0 a instance");
        assertThat(PRIORITY.decide(state, Budget.DEFAULT).waits())
                .hasSize(1)
                .allSatisfy((job, wait) -> assertThat(wait.isImpossible()).isTrue());
    }

    @Test
    void aPreferredDomainIsGivenUpWhenItIsTooSmall() {
        ClusterState state = state(node("a", 2), node("b", 2))
                .addPending(pending(1, gpus(1), 3)
                        .topology(new SchedulingWishes.Topology("node", false))
                        .build())
                .build();
        assertThat(starts(FIFO, state)).hasSize(3);
    }

    @Test
    void anElasticGangStartsSmallAndGrowsWhenThereIsRoom() {
        PendingGang elastic = PendingGang.builder()
                .from(pending(2, gpus(1), 1).build())
                .roles(List.of(new GangRole("worker", 4, 1, 4, gpus(1), NodeConstraints.NONE)))
                .build();
        ClusterState small = state(node("a", 4))
                .addRunning(running(1, "a", "a/0", "a/1"))
                .addPending(elastic)
                .build();
        assertThat(starts(FIFO, small)).containsExactly("job-2 worker-0 a a/2", "job-2 worker-1 a a/3");
        Placement two = FIFO.decide(small, Budget.DEFAULT).starts().get(0).placement();
        ClusterState grown = state(node("a", 4))
                .addRunning(RunningGang.builder()
                        .from((Gang) elastic)
                        .grantedAt(NOW)
                        .placement(two)
                        .build())
                .build();
        Plan plan = FIFO.decide(grown, Budget.DEFAULT);
        assertThat(plan.resizes()).hasSize(1);
        assertThat(plan.resizes().get(0).placement().replicas()).hasSize(4).containsAll(two.replicas());
    }

    @Test
    void inOrderNobodyPassesWhoAsksForTheSame() {
        ClusterState state = state(node("a", 2))
                .addRunning(running(1, "a", "a/0"))
                .addPending(
                        pending(2, gpus(2), 1).build(),
                        pending(3, gpus(1), 1).build(),
                        pending(4, Resources.builder().cpus(1).build(), 1).build(),
                        pending(5, gpus(1), 1).queue("other").build())
                .build();
        assertThat(FIFO.decide(state, Budget.DEFAULT).starts())
                .extracting(start -> start.job().value())
                .containsExactly("job-4", "job-5");
        assertThat(PRIORITY.decide(state, Budget.DEFAULT).starts())
                .extracting(start -> start.job().value())
                .containsExactly("job-3", "job-4");
    }

    @Test
    void whoCanNeverRunOrBacksOffHoldsNobodyUp() {
        ClusterState state = state(node("a", 2))
                .addPending(
                        pending(1, gpus(3), 1).build(),
                        pending(2, gpus(2), 1).notBefore(NOW.plusSeconds(1)).build(),
                        pending(3, gpus(1), 1).build())
                .build();
        assertThat(starts(FIFO, state)).containsExactly("job-3 worker-0 a a/0");
    }

    @Test
    void roomThatIsComingFreeIsWaitedForInsteadOfEvicting() {
        RunningGang leaving = RunningGang.builder()
                .from(running(1, "a", "a/0"))
                .draining(true)
                .build();
        ClusterState state = state(node("a", 2))
                .addRunning(leaving, running(2, "a", "a/1"))
                .addPending(pending(3, gpus(1), 1).priority(9).build())
                .build();
        Plan plan = PRIORITY.decide(state, Budget.DEFAULT);
        assertThat(plan.evictions()).isEmpty();
        assertThat(plan.earmarks()).extracting(Plan.Earmark::beneficiary).containsExactly(JobId.of("job-3"));
    }

    @Test
    void equalPriorityIsNeverEvicted() {
        ClusterState state = state(node("a", 1))
                .addRunning(running(1, "a", "a/0"))
                .addPending(pending(2, gpus(1), 1).build())
                .build();
        assertThat(PRIORITY.decide(state, Budget.DEFAULT).isEmpty()).isTrue();
    }

    @Test
    void nobodyIsStoppedAgainForAJobThatAQuotaRefused() {
        PendingGang urgent = pending(2, gpus(1), 1).priority(9).build();
        PendingGang refused = PendingGang.builder()
                .from(urgent)
                .notBefore(NOW.minusSeconds(1))
                .refusal("exceeded quota: few")
                .build();
        ClusterState full =
                state(node("a", 1)).addRunning(running(1, "a", "a/0")).build();
        ClusterState free = state(node("a", 1)).build();

        assertThat(with(full, urgent).evictions()).hasSize(1);
        assertThat(with(full, refused).evictions()).isEmpty();
        assertThat(with(full, refused).waits().get(refused.id()))
                .satisfies(wait -> assertThat(wait.text())
                        .isEqualTo("waiting for 1 GPU on one node: 0 GPUs free on a, short by 1, held by job-1;"
                                + " nobody is stopped for it, since a quota refused it: exceeded quota: few"));
        assertThat(with(free, refused).starts()).hasSize(1);
    }

    private static Plan with(ClusterState state, PendingGang gang) {
        return PRIORITY.decide(
                ClusterState.builder().from(state).addPending(gang).build(), Budget.DEFAULT);
    }

    private static List<String> starts(SchedulingPolicy policy, ClusterState state) {
        List<String> starts = new ArrayList<>();
        for (Plan.Start start : policy.decide(state, Budget.DEFAULT).starts()) {
            for (Placement.Slot slot : start.placement().replicas()) {
                starts.add(start.job() + " " + slot.key() + " " + slot.node()
                        + (slot.devices().isEmpty() ? "" : " " + String.join(" ", slot.devices())));
            }
        }
        return starts;
    }

    private static ClusterState.Builder state(Node... nodes) {
        return ClusterState.builder().now(NOW).nodes(List.of(nodes));
    }

    private static Node node(String name, int gpus) {
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < gpus; i++) {
            devices.add(device(name + "/" + i, i, "NVIDIA A100"));
        }
        return Node.builder()
                .name(name)
                .cpuMillis(8000)
                .memoryBytes(8)
                .devices(devices)
                .build();
    }

    private static Device device(String id, int index, String model) {
        return Device.builder().id(id).index(index).model(model).build();
    }

    private static Resources gpus(int count) {
        return Resources.builder().gpus(count).build();
    }

    private static RunningGang running(int job, String node, String... devices) {
        return RunningGang.builder()
                .from((Gang) pending(job, gpus(devices.length), 1).build())
                .grantedAt(NOW)
                .placement(
                        new Placement(List.of(new Placement.Slot(new ReplicaKey("worker", 0), node, List.of(devices)))))
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
