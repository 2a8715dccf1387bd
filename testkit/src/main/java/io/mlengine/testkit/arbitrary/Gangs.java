package io.mlengine.testkit.arbitrary;

import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.core.scheduling.GangRole;
import io.mlengine.core.scheduling.PendingGang;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** What jobs in small clusters ask for. */
final class Gangs {
    static final List<Long> AMOUNTS = List.of(0L, 3L, 4L, 6L, 8L, 8L);
    static final List<Long> HUGE_AMOUNTS =
            List.of(0L, 1L, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2 + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE);

    /** The back-off of a gang that a quota refused, and that may ask again. */
    private static final int REFUSED = -1;

    private Gangs() {}

    /** A gang without identity; each call makes a new builder, because builders are used up. */
    @FunctionalInterface
    interface Wish {
        PendingGang.Builder gang();
    }

    private record Size(int count, int fewer, boolean isElastic) {
        GangRole role(String name, Replica replica) {
            int least = isElastic ? Math.max(0, count - fewer) : count;
            int most = isElastic ? count + 1 : count;
            return new GangRole(name, count, least, most, replica.resources(), replica.nodes());
        }
    }

    private record Replica(Resources resources, NodeConstraints nodes) {}

    static Arbitrary<Wish> of(Arbitrary<Resources> resources) {
        Arbitrary<Replica> replica =
                Combinators.combine(resources, Constraints.any()).as(Replica::new);
        Arbitrary<Size> size = Combinators.combine(
                        Arbitraries.of(1, 1, 2, 3),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.of(false, false, true))
                .as(Size::new);
        Arbitrary<List<GangRole>> roles = Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(2, size.list().ofSize(1)),
                                Tuple.of(1, size.list().ofSize(2))),
                        replica,
                        replica)
                .as((sizes, first, second) -> {
                    List<GangRole> list = new ArrayList<>();
                    for (Size one : sizes) {
                        list.add(one.role("role" + list.size(), list.isEmpty() ? first : second));
                    }
                    return list;
                });
        Arbitrary<OptionalInt> minimum = Arbitraries.integers().between(1, 4).map(OptionalInt::of);
        Arbitrary<Optional<SchedulingWishes.Topology>> topology = Combinators.combine(
                        Arbitraries.of("node", "rack"), Arbitraries.of(true, false))
                .as(SchedulingWishes.Topology::new)
                .map(Optional::of);
        return Combinators.combine(
                        roles,
                        Arbitraries.frequencyOf(
                                Tuple.of(3, Arbitraries.just(OptionalInt.empty())), Tuple.of(1, minimum)),
                        Arbitraries.frequencyOf(
                                Tuple.of(3, Arbitraries.just(Optional.<SchedulingWishes.Topology>empty())),
                                Tuple.of(1, topology)),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.of(true, true, true, false),
                        Arbitraries.of("a", "b"),
                        Arbitraries.of(0, 0, 0, 0, 0, 0, 0, 60, REFUSED))
                .as((list, gangMinimum, near, priority, preemptible, queue, backOff) -> () -> PendingGang.builder()
                        .roles(list)
                        .gangMinimum(gangMinimum)
                        .topology(near)
                        .priority(priority)
                        .preemptible(preemptible)
                        .queue(queue)
                        .notBefore(Optional.of(ClusterStates.NOW.plusSeconds(backOff)))
                        .refusal(backOff == REFUSED ? Optional.of("exceeded quota") : Optional.empty()));
    }

    static Arbitrary<Resources> resources() {
        Arbitrary<Optional<GpuRequest>> gpus = Combinators.combine(
                        Arbitraries.of(0, 1, 1, 1, 2, 2, 3),
                        Arbitraries.of("", "", "", "", "a100", "a100", "H100"),
                        Arbitraries.of(0L, 0L, 0L, 0L, 80L),
                        Arbitraries.of(false, false, false, false, false, false, false, true))
                .as(Gangs::request);
        return Combinators.combine(
                        gpus,
                        Arbitraries.of(0L, 0L, 1L, 2L, 4L),
                        Arbitraries.of(0L, 0L, 0L, 1L, 2L),
                        Arbitraries.of(0L, 0L, 0L, 0L, 0L, 0L, 0L, 1L))
                .as(Gangs::resources);
    }

    static Arbitrary<Resources> hugeResources() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 2).map(count -> request(count, "", 0, false)),
                        Arbitraries.of(HUGE_AMOUNTS),
                        Arbitraries.of(HUGE_AMOUNTS),
                        Arbitraries.of(0L, 1L, Long.MAX_VALUE))
                .as(Gangs::resources);
    }

    private static Resources resources(Optional<GpuRequest> gpus, long cpu, long memory, long rdma) {
        Resources.Builder builder =
                Resources.builder().gpus(gpus).cpuMillis(cpu).memoryBytes(memory);
        return (rdma == 0 ? builder : builder.putExtended("rdma", rdma)).build();
    }

    private static Optional<GpuRequest> request(int count, String model, long memory, boolean isInstance) {
        if (count == 0) {
            return Optional.empty();
        }
        GpuRequest.Builder builder = GpuRequest.builder().count(isInstance ? Math.min(count, 2) : count);
        if (isInstance) {
            return Optional.of(builder.migProfile("3g.20gb").build());
        }
        if (!model.isEmpty()) {
            builder.model(model);
        }
        return Optional.of(
                memory == 0 ? builder.build() : builder.memoryBytes(memory).build());
    }
}
