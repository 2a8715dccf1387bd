package io.mlengine.core.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Taint;
import io.mlengine.spi.model.Toleration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Labels and taints decide where replicas go, and waits say so. */
class AllowedNodesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final SchedulingPolicy FIFO = new FifoPolicy();
    private static final SchedulingPolicy PRIORITY = new PriorityPolicy();
    private static final Taint GPU = new Taint("gpu", "true", Taint.Effect.NO_SCHEDULE);
    private static final NodeConstraints TOLERANT = NodeConstraints.builder()
            .addToleration(new Toleration("gpu", Toleration.Operator.EXISTS, "", Optional.empty()))
            .build();

    @Test
    void aTaintKeepsOffWhoDoesNotTolerateIt() {
        ClusterState.Builder state = state(node("a", "x", 8, GPU), node("b", "x", 2));
        assertThat(starts(
                        FIFO,
                        state.addPending(gang(1, worker(3, TOLERANT)), gang(2, worker(2, NodeConstraints.NONE)))
                                .build()))
                .containsExactly(
                        "job-1 worker-0 a",
                        "job-1 worker-1 a",
                        "job-1 worker-2 a",
                        "job-2 worker-0 b",
                        "job-2 worker-1 b");
    }

    @Test
    void rolesOfOneGangGoWhereEachIsAllowed() {
        ClusterState state = state(node("a", "x", 2), node("b", "y", 2))
                .addPending(gang(
                        1,
                        worker(2, pool("y")),
                        GangRole.fixed("server", 2, cores(1)).on(pool("x"))))
                .build();
        assertThat(starts(FIFO, state))
                .containsExactly("job-1 server-0 a", "job-1 server-1 a", "job-1 worker-0 b", "job-1 worker-1 b");
    }

    @Test
    void whoHasTheChoiceLeavesNodesToWhoHasNone() {
        ClusterState state = state(node("a", "x", 1), node("b", "y", 1))
                .addPending(gang(
                        1,
                        worker(1, NodeConstraints.NONE),
                        GangRole.fixed("server", 1, cores(1)).on(pool("x"))))
                .build();
        assertThat(starts(FIFO, state)).containsExactly("job-1 server-0 a", "job-1 worker-0 b");
    }

    @Test
    void whatNoNodeEverAllowsIsImpossibleAndCounted() {
        ClusterState state = state(node("a", "x", 4, GPU), node("b", "x", 4, GPU), node("c", "y", 1))
                .addPending(gang(1, GangRole.fixed("worker", 1, cores(4))))
                .build();
        Wait wait = wait(FIFO, state, 1);
        assertThat(wait.isImpossible()).isTrue();
        assertThat(wait.text())
                .isEqualTo("cannot run here: nodes refuse it: 2 nodes: untolerated taint gpu=true:NoSchedule, "
                        + "1 node: no room for a replica");
        assertThat(wait.reasons())
                .singleElement()
                .satisfies(reason -> assertThat(reason.refusals())
                        .containsExactly(
                                new BlockingReason.Refusal(2, "untolerated taint gpu=true:NoSchedule"),
                                new BlockingReason.Refusal(1, "no room for a replica")));
    }

    @Test
    void theRolesThatAreRefusedAreNamed() {
        ClusterState state = state(node("a", "x", 4))
                .addPending(gang(
                        1,
                        worker(1, NodeConstraints.NONE),
                        GangRole.fixed("server", 1, cores(1)).on(pool("z"))))
                .build();
        assertThat(wait(FIFO, state, 1).text())
                .isEqualTo("cannot run here: nodes refuse server: 1 node: no label pool=z");
    }

    @Test
    void aJobWaitsWhileTheNodesThatItMayUseAreClosed() {
        Node closed = Node.builder().from(node("a", "x", 4)).schedulable(false).build();
        ClusterState state = state(closed, node("b", "y", 4))
                .addPending(gang(1, worker(1, pool("x"))))
                .build();
        Wait wait = wait(FIFO, state, 1);
        assertThat(wait.isImpossible()).isFalse();
        assertThat(wait.text())
                .isEqualTo("waiting, because nodes refuse it: 1 node: no label pool=x, 1 node: takes no new replicas");
    }

    @Test
    void onlyRoomOnAllowedNodesIsCounted() {
        ClusterState state = state(node("a", "x", 4), node("b", "y", 8))
                .addRunning(running(1, "a", 3), running(2, "b", 1))
                .addPending(gang(3, worker(2, pool("x"))))
                .build();
        assertThat(wait(FIFO, state, 3).text())
                .isEqualTo("waiting for 2 cores: 1 core free, short by 1, held by job-1");
    }

    @Test
    void nobodyIsStoppedWhereTheGangMayNotGo() {
        ClusterState state = state(node("a", "x", 2), node("b", "y", 2))
                .addRunning(running(1, "a", 2), running(2, "b", 2))
                .addPending(PendingGang.builder()
                        .from(gang(3, worker(2, pool("x"))))
                        .priority(1)
                        .build())
                .build();
        assertThat(PRIORITY.decide(state, Budget.DEFAULT).evictions())
                .extracting(Plan.Eviction::victim)
                .containsExactly(JobId.of("job-1"));
    }

    @Test
    void aGangGrowsOnlyWhereItMayGo() {
        GangRole elastic = new GangRole("worker", 4, 1, 4, cores(1), pool("x"));
        RunningGang running = RunningGang.builder()
                .from((Gang) gang(1, elastic))
                .grantedAt(NOW)
                .placement(placement("a", 1))
                .build();
        ClusterState state =
                state(node("a", "x", 2), node("b", "y", 8)).addRunning(running).build();
        assertThat(FIFO.decide(state, Budget.DEFAULT).resizes())
                .singleElement()
                .satisfies(resize -> assertThat(resize.placement()).isEqualTo(placement("a", 2)));
    }

    @Test
    void whoRunsStaysWhenItsNodeRefusesItLater() {
        RunningGang running = RunningGang.builder()
                .from((Gang) gang(1, worker(1, NodeConstraints.NONE)))
                .grantedAt(NOW)
                .placement(placement("a", 1))
                .build();
        Plan plan =
                FIFO.decide(state(node("a", "x", 2, GPU)).addRunning(running).build(), Budget.DEFAULT);
        assertThat(plan.isEmpty()).isTrue();
    }

    @Test
    void roomThatWasKeptOnANodeThatRefusesIsNotUsed() {
        ClusterState state = state(node("a", "x", 1, GPU), node("b", "y", 1))
                .addPending(gang(1, worker(1, NodeConstraints.NONE)))
                .addEarmark(new Plan.Earmark(JobId.of("job-1"), placement("a", 1)))
                .build();
        assertThat(starts(FIFO, state)).containsExactly("job-1 worker-0 b");
    }

    @Test
    void whoUsesOtherNodesIsNotBehind() {
        ClusterState state = state(node("a", "x", 2), node("b", "y", 2))
                .addRunning(running(1, "a", 1))
                .addPending(gang(2, worker(2, pool("x"))), gang(3, worker(1, pool("y"))), gang(4, worker(1, pool("x"))))
                .build();
        assertThat(starts(FIFO, state)).containsExactly("job-3 worker-0 b");
        assertThat(wait(FIFO, state, 4).text()).isEqualTo("behind job-2");
    }

    private static Wait wait(SchedulingPolicy policy, ClusterState state, int job) {
        return policy.decide(state, Budget.DEFAULT).waits().get(JobId.of("job-" + job));
    }

    private static List<String> starts(SchedulingPolicy policy, ClusterState state) {
        List<String> starts = new ArrayList<>();
        for (Plan.Start start : policy.decide(state, Budget.DEFAULT).starts()) {
            for (Placement.Slot slot : start.placement().replicas()) {
                starts.add(start.job() + " " + slot.key() + " " + slot.node());
            }
        }
        return starts;
    }

    private static ClusterState.Builder state(Node... nodes) {
        return ClusterState.builder().now(NOW).nodes(List.of(nodes));
    }

    private static Node node(String name, String pool, int cores, Taint... taints) {
        return Node.builder()
                .name(name)
                .cpuMillis(cores * 1000L)
                .memoryBytes(8)
                .putLabel("pool", pool)
                .addTaints(taints)
                .build();
    }

    private static NodeConstraints pool(String name) {
        return NodeConstraints.builder().selector("pool", name).build();
    }

    private static Resources cores(int count) {
        return Resources.builder().cpus(count).build();
    }

    private static GangRole worker(int count, NodeConstraints nodes) {
        return GangRole.fixed("worker", count, cores(1)).on(nodes);
    }

    private static PendingGang gang(int job, GangRole... roles) {
        return PendingGang.builder()
                .id(JobId.of("job-" + job))
                .sequence(job)
                .submittedAt(NOW)
                .addRoles(roles)
                .build();
    }

    private static RunningGang running(int job, String node, int cores) {
        return RunningGang.builder()
                .from((Gang) gang(job, GangRole.fixed("worker", cores, cores(1))))
                .grantedAt(NOW)
                .placement(placement(node, cores))
                .build();
    }

    private static Placement placement(String node, int replicas) {
        List<Placement.Slot> slots = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            slots.add(new Placement.Slot(new ReplicaKey("worker", i), node, List.of()));
        }
        return new Placement(slots);
    }
}
