package io.mlengine.testkit.arbitrary;

import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.scheduling.ClusterState;
import io.mlengine.core.scheduling.Gang;
import io.mlengine.core.scheduling.GangRole;
import io.mlengine.core.scheduling.PendingGang;
import io.mlengine.core.scheduling.RunningGang;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import io.mlengine.testkit.cluster.ClusterLedger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * Small clusters in which anything that can go on does: mixed models, MIG, strangers, cordons, taints, limits, drains,
 * nodes that hold few replicas however small.
 */
public final class ClusterStates {
    /** The moment of every state. */
    public static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private static final int MOST_NODES = 4;

    /** What each replica takes one of, in those clusters whose nodes have it. */
    static final String PLACES = "places";

    private ClusterStates() {}

    /**
     * Up to 4 nodes of up to 4 devices, up to 5 running and 5 waiting gangs.
     *
     * @return the states
     */
    public static Arbitrary<ClusterState> small() {
        return states(Gangs.of(Gangs.resources()), nodes(Gangs.AMOUNTS), 5, 5);
    }

    /**
     * As {@link #small}, with one waiting gang.
     *
     * @return the states
     */
    public static Arbitrary<ClusterState> withOneWaiting() {
        return states(Gangs.of(Gangs.resources()), nodes(Gangs.AMOUNTS), 5, 1);
    }

    /**
     * As {@link #small}, with amounts up to {@link Long#MAX_VALUE}.
     *
     * @return the states
     */
    public static Arbitrary<ClusterState> huge() {
        return states(Gangs.of(Gangs.hugeResources()), nodes(Gangs.HUGE_AMOUNTS), 3, 5);
    }

    private static Arbitrary<ClusterState> states(
            Arbitrary<Gangs.Wish> wishes, Arbitrary<List<Node>> nodes, int mostRunning, int mostPending) {
        return Combinators.combine(
                        nodes,
                        queues(),
                        wishes.list().ofMinSize(0).ofMaxSize(mostRunning),
                        wishes.list().ofMinSize(1).ofMaxSize(mostPending),
                        Arbitraries.integers().between(0, 3).list().ofSize(mostRunning),
                        Arbitraries.of(false, false, false, false, true).list().ofSize(mostRunning))
                .as(ClusterStates::state)
                // They are all empty clusters, which are tried often enough anyway.
                .withoutEdgeCases();
    }

    private static ClusterState state(
            List<Node> nodes,
            List<QueueConfig> queues,
            List<Gangs.Wish> running,
            List<Gangs.Wish> pending,
            List<Integer> firstNodes,
            List<Boolean> draining) {
        ClusterState.Builder state =
                ClusterState.builder().version(1).now(NOW).nodes(nodes).queues(queues);
        ClusterLedger ledger = ClusterLedger.empty(nodes);
        for (int i = 0; i < running.size(); i++) {
            PendingGang gang = gang(running.get(i), i);
            Optional<Placement> placement = anyPlacement(gang, nodes, ledger, firstNodes.get(i));
            if (placement.isPresent()) {
                ledger.take(gang, placement.get());
                state.addRunning(RunningGang.builder()
                        .from((Gang) gang)
                        .grantedAt(NOW.minusSeconds(1000 - 10L * i))
                        .placement(placement.get())
                        .draining(draining.get(i))
                        .build());
            }
        }
        for (int i = 0; i < pending.size(); i++) {
            state.addPending(gang(pending.get(i), running.size() + i));
        }
        return state.build();
    }

    private static PendingGang gang(Gangs.Wish wish, int sequence) {
        return wish.gang()
                .id(JobId.of("job-" + sequence))
                .sequence(sequence)
                .submittedAt(NOW.minusSeconds(2000 - sequence))
                .build();
    }

    /** Goes round the nodes from some node on; the least sizes, so that some gangs wait to grow. */
    private static Optional<Placement> anyPlacement(
            PendingGang gang, List<Node> nodes, ClusterLedger free, int firstNode) {
        if (gang.topology().isPresent() && gang.topology().get().required()) {
            return Optional.empty();
        }
        List<Placement.Slot> slots = new ArrayList<>();
        int at = firstNode;
        for (GangRole role : gang.roles()) {
            for (int index = 0; index < Math.max(1, role.least()); index++) {
                Optional<Placement.Slot> slot = Optional.empty();
                for (int tried = 0; tried < nodes.size() && slot.isEmpty(); tried++, at++) {
                    slot = slot(gang, new ReplicaKey(role.name(), index), role.resources(), nodes, at, free, slots);
                }
                if (slot.isEmpty()) {
                    return Optional.empty();
                }
                slots.add(slot.get());
            }
        }
        return Optional.of(new Placement(slots));
    }

    private static Optional<Placement.Slot> slot(
            PendingGang gang,
            ReplicaKey key,
            Resources resources,
            List<Node> nodes,
            int at,
            ClusterLedger free,
            List<Placement.Slot> before) {
        Node node = nodes.get(at % nodes.size());
        return free.anyDevices(node.name(), resources, gang, before)
                .map(devices -> new Placement.Slot(key, node.name(), devices));
    }

    private static Arbitrary<List<QueueConfig>> queues() {
        Arbitrary<OptionalLong> few = limit(1, 5);
        Arbitrary<List<QueueConfig>> limited = Combinators.combine(
                        few,
                        limit(2, 8),
                        limit(2, 8),
                        few,
                        few,
                        Arbitraries.of(false, false, false, false, false, true))
                .as((gpus, cpu, memory, jobs, all, stopped) -> List.of(
                        QueueConfig.named("root").gpus(all).build(),
                        QueueConfig.named("a")
                                .parent("root")
                                .gpus(gpus)
                                .jobs(jobs)
                                .build(),
                        QueueConfig.named("b")
                                .parent("root")
                                .cpuMillis(cpu)
                                .memoryBytes(memory)
                                .stopped(stopped)
                                .build()));
        return Arbitraries.oneOf(Arbitraries.just(List.of()), Arbitraries.just(List.of()), limited);
    }

    private static Arbitrary<OptionalLong> limit(long least, long most) {
        return Arbitraries.longs()
                .between(least, most)
                .map(OptionalLong::of)
                .injectNull(0.5)
                .map(limit -> limit == null ? OptionalLong.empty() : limit);
    }

    private static Arbitrary<List<Node>> nodes(List<Long> amounts) {
        Arbitrary<Node.Builder> node = Combinators.combine(
                        Arbitraries.of(amounts),
                        Arbitraries.of(amounts),
                        devices(),
                        Arbitraries.of("r1", "r1", "r2", "r2", ""),
                        Arbitraries.of(true, true, true, true, true, true, false),
                        Arbitraries.of(0L, 1L, 2L),
                        Arbitraries.of("a", "a", "b"),
                        Constraints.taints())
                .as((cpu, memory, devices, rack, schedulable, rdma, pool, taints) -> {
                    Node.Builder builder = Node.builder()
                            .cpuMillis(cpu)
                            .memoryBytes(memory)
                            .devices(devices)
                            .schedulable(schedulable)
                            .putExtended("rdma", rdma)
                            .putLabel("pool", pool)
                            .taints(taints);
                    return rack.isEmpty() ? builder : builder.putLabel("rack", rack);
                });
        Arbitrary<List<Long>> places = Arbitraries.of(0L, 1L, 1L, 2L, 3L).list().ofSize(MOST_NODES);
        return Combinators.combine(
                        node.list().ofMinSize(1).ofMaxSize(MOST_NODES),
                        places,
                        Arbitraries.of(false, false, false, true))
                .as((builders, most, isLimited) -> {
                    List<Node> nodes = new ArrayList<>();
                    for (Node.Builder builder : builders) {
                        if (isLimited) {
                            builder.putExtended(PLACES, most.get(nodes.size())).addPerReplica(PLACES);
                        }
                        nodes.add(builder.name("node-" + nodes.size()).build());
                    }
                    return nodes;
                });
    }

    private static Arbitrary<List<Device>> devices() {
        Arbitrary<Device.Builder> device = Combinators.combine(
                        Arbitraries.of("NVIDIA A100-SXM4", "NVIDIA A100-SXM4", "NVIDIA A100-SXM4", "NVIDIA H100"),
                        Arbitraries.of(40L, 80L),
                        Arbitraries.frequency(
                                Tuple.of(14, Device.Availability.AVAILABLE),
                                Tuple.of(1, Device.Availability.FOREIGN),
                                Tuple.of(1, Device.Availability.UNUSABLE)))
                .as((model, memory, availability) ->
                        Device.builder().model(model).memoryBytes(memory).availability(availability));
        Arbitrary<List<Device>> whole = Arbitraries.of(0, 2, 3, 4, 4)
                .flatMap(size -> device.list().ofSize(size))
                .map(builders -> {
                    List<Device> devices = new ArrayList<>();
                    for (Device.Builder builder : builders) {
                        int index = devices.size();
                        devices.add(builder.id("gpu-" + index).index(index).build());
                    }
                    return devices;
                });
        return Arbitraries.frequencyOf(Tuple.of(6, whole), Tuple.of(1, Arbitraries.just(mig())));
    }

    /** One whole device, and one that is divided in two. */
    private static List<Device> mig() {
        Device parent = Device.builder()
                .id("gpu-1")
                .index(1)
                .model("NVIDIA A100-SXM4-40GB")
                .memoryBytes(40)
                .build();
        Device.Builder instance = Device.builder()
                .model(parent.model())
                .memoryBytes(20)
                .migProfile("3g.20gb")
                .parent(parent.id());
        return List.of(
                Device.builder().from(parent).id("gpu-0").index(0).build(),
                parent,
                instance.id("mig-1a").index(2).build(),
                instance.id("mig-1b").index(3).build());
    }
}
