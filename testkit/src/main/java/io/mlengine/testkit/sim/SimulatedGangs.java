package io.mlengine.testkit.sim;

import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.ExternalGang;
import io.mlengine.spi.backend.ExternalPlaces;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Gangs of others in the simulated world, whose members come and go as a test says. Members that are taken off their
 * places come again under another name, as a controller makes them; the members of a bare gang do not. Not thread-safe.
 */
public final class SimulatedGangs implements ExternalPlaces {
    /** Carries out orders after a while. */
    interface Orders {
        /** Carries out an order and answers, after the delays of the simulation. */
        CompletionStage<Void> later(Fence fence, Runnable order);
    }

    private final Orders orders;
    private final Consumer<BackendEvent> sink;
    private final TreeMap<JobId, ExternalGang> gangs = new TreeMap<>();
    private final TreeMap<JobId, Integer> failures = new TreeMap<>();
    private final TreeMap<JobId, String> reasons = new TreeMap<>();
    private final List<JobId> bare = new ArrayList<>();
    private int births;

    SimulatedGangs(Orders orders, Consumer<BackendEvent> sink) {
        this.orders = orders;
        this.sink = sink;
    }

    /**
     * Makes or replaces a gang, and reports it.
     *
     * @param gang the gang as it is now
     */
    public void put(ExternalGang gang) {
        gangs.put(gang.id(), gang);
        report(gang.id());
    }

    /**
     * From now on nobody makes members of a gang again.
     *
     * @param gang the gang
     */
    public void isBare(JobId gang) {
        bare.add(gang);
    }

    /**
     * Lets the next placing of a gang fail after some of its members got their places.
     *
     * @param gang the gang
     * @param placedFirst how many members got theirs
     */
    public void failNextPlacing(JobId gang, int placedFirst) {
        failures.put(gang, placedFirst);
    }

    /**
     * Ends members of a gang, as if they had done their work.
     *
     * @param gang the gang
     * @param count how many, in the order of their names
     */
    public void end(JobId gang, int count) {
        change(gang, members -> members.subList(Math.min(count, members.size()), members.size()));
    }

    /**
     * The members of a gang that have places.
     *
     * @param gang the gang
     * @return member to node
     */
    public SortedMap<String, String> placed(JobId gang) {
        SortedMap<String, String> placed = new TreeMap<>();
        Optional.ofNullable(gangs.get(gang)).stream()
                .flatMap(known -> known.members().stream())
                .forEach(member -> member.node().ifPresent(node -> placed.put(member.name(), node)));
        return placed;
    }

    /**
     * Why a gang waits, as its owners were told last.
     *
     * @param gang the gang
     * @return the reason, empty before the first one
     */
    public String reason(JobId gang) {
        return reasons.getOrDefault(gang, "");
    }

    /** Tells everything, as a backend does when it starts. */
    void reportAll() {
        gangs.keySet().forEach(this::report);
    }

    /** GPUs that members hold on a node. */
    int gpusOn(String node) {
        return gangs.values().stream()
                .flatMap(gang -> gang.members().stream())
                .filter(member -> member.node().filter(node::equals).isPresent())
                .mapToInt(member -> member.resources().gpuCount())
                .sum();
    }

    @Override
    public CompletionStage<Void> place(JobId gang, SortedMap<String, String> places, Fence fence) {
        return orders.later(fence, () -> {
            Integer failsAfter = failures.remove(gang);
            int most = failsAfter == null ? places.size() : failsAfter;
            SortedMap<String, String> bound = new TreeMap<>();
            places.entrySet().stream().limit(most).forEach(place -> bound.put(place.getKey(), place.getValue()));
            change(
                    gang,
                    members -> members.stream()
                            .map(member -> bound.containsKey(member.name())
                                    ? at(member, Optional.of(bound.get(member.name())))
                                    : member)
                            .toList());
            if (failsAfter != null) {
                takeBack(gang, member -> bound.containsKey(member.name()));
                throw new OrderFailedException(FailureClass.INFRASTRUCTURE, "BindFailed", "simulated", null);
            }
        });
    }

    @Override
    public CompletionStage<Void> evict(JobId gang, String reason, Fence fence) {
        return orders.later(fence, () -> {
            reasons.put(gang, reason);
            takeBack(gang, member -> member.node().isPresent());
        });
    }

    @Override
    public CompletionStage<Void> retreat(JobId gang, String reason, Fence fence) {
        return evict(gang, reason, fence);
    }

    @Override
    public void waits(JobId gang, String reason, Fence fence) {
        reasons.put(gang, reason);
    }

    private interface Which {
        boolean holds(ExternalGang.Member member);
    }

    private void takeBack(JobId gang, Which which) {
        if (!bare.contains(gang)) {
            change(
                    gang,
                    members -> members.stream()
                            .map(member -> which.holds(member) ? again(member) : member)
                            .toList());
        }
    }

    private ExternalGang.Member again(ExternalGang.Member member) {
        String name = member.name().replaceFirst("\\+.*", "") + "+" + ++births;
        return new ExternalGang.Member(name, member.resources(), member.nodes(), Optional.empty(), false);
    }

    private static ExternalGang.Member at(ExternalGang.Member member, Optional<String> node) {
        return new ExternalGang.Member(member.name(), member.resources(), member.nodes(), node, false);
    }

    private void change(JobId gang, UnaryOperator<List<ExternalGang.Member>> how) {
        ExternalGang before = gangs.get(gang);
        if (before != null) {
            put(ExternalGang.builder()
                    .from(before)
                    .members(how.apply(before.members()))
                    .build());
        }
    }

    private void report(JobId gang) {
        sink.accept(new BackendEvent.GangReported(Objects.requireNonNull(gangs.get(gang))));
    }
}
