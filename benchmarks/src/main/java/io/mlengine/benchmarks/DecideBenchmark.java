package io.mlengine.benchmarks;

import io.mlengine.core.scheduling.Budget;
import io.mlengine.core.scheduling.ClusterState;
import io.mlengine.core.scheduling.FifoPolicy;
import io.mlengine.core.scheduling.GangRole;
import io.mlengine.core.scheduling.PendingGang;
import io.mlengine.core.scheduling.Plan;
import io.mlengine.core.scheduling.PriorityPolicy;
import io.mlengine.core.scheduling.RunningGang;
import io.mlengine.core.scheduling.SchedulingPolicy;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One decision of a policy over 16 nodes of 8 GPUs and a long queue of ten shapes and two hundred priorities. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
public class DecideBenchmark {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final int NODES = 16;
    private static final int GPUS = 8;

    /** Which policy decides. */
    @Param({"fifo", "priority"})
    public String policyName = "";

    /** Whether every GPU is taken, as most of the time, or every one is free, as after a start. */
    @Param({"full", "empty"})
    public String cluster = "";

    /** How many jobs wait. */
    @Param({"1000", "10000"})
    public int queued;

    private SchedulingPolicy policy = new FifoPolicy();
    private ClusterState state = ClusterState.builder().now(NOW).build();

    /** Makes the state. */
    @Setup
    public void prepare() {
        policy = policyName.equals("fifo") ? new FifoPolicy() : new PriorityPolicy();
        List<RunningGang> running = new ArrayList<>();
        if (cluster.equals("full")) {
            for (int node = 0; node < NODES; node++) {
                running.add(running(node));
            }
        }
        state = ClusterState.builder()
                .now(NOW)
                .nodes(IntStream.range(0, NODES).mapToObj(DecideBenchmark::node).toList())
                .running(running)
                .pending(IntStream.range(0, queued)
                        .mapToObj(DecideBenchmark::pending)
                        .toList())
                .build();
    }

    /**
     * Decides once.
     *
     * @return the plan
     */
    @Benchmark
    public Plan decide() {
        return policy.decide(state, Budget.DEFAULT);
    }

    private static Node node(int number) {
        return Node.builder()
                .name("node-" + number)
                .cpuMillis(64_000)
                .memoryBytes(512L << 30)
                .devices(IntStream.range(0, GPUS)
                        .mapToObj(gpu -> Device.builder()
                                .id("gpu-" + number + "-" + gpu)
                                .index(gpu)
                                .model("T")
                                .build())
                        .toList())
                .build();
    }

    private static PendingGang pending(int number) {
        return PendingGang.builder()
                .id(JobId.of("p-" + number))
                .sequence(1_000L + number)
                .user("user-" + number % 50)
                .priority(number % 200)
                .submittedAt(NOW.minusSeconds(number))
                .addRole(role(1 + number % 10, 1 + number % 4))
                .build();
    }

    private static GangRole role(int replicas, int gpus) {
        return GangRole.fixed(
                "worker",
                replicas,
                Resources.builder().cpus(4).memoryBytes(16L << 30).gpus(gpus).build());
    }

    private static RunningGang running(int node) {
        return RunningGang.builder()
                .id(JobId.of("r-" + node))
                .sequence(node)
                .priority(1_000)
                .submittedAt(NOW)
                .grantedAt(NOW)
                .addRole(role(1, GPUS))
                .placement(new Placement(List.of(new Placement.Slot(
                        new ReplicaKey("worker", 0),
                        "node-" + node,
                        IntStream.range(0, GPUS)
                                .mapToObj(gpu -> "gpu-" + node + "-" + gpu)
                                .toList()))))
                .build();
    }
}
