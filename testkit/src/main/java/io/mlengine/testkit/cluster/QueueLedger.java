package io.mlengine.testkit.cluster;

import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.scheduling.ClusterState;
import io.mlengine.core.scheduling.Gang;
import io.mlengine.core.scheduling.RunningGang;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.Resources;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Accounts of queues: what the jobs of each hold, those of the queues below it included. */
public final class QueueLedger {
    private static final List<String> DIMENSIONS = List.of("gpus", "cpuMillis", "memoryBytes", "jobs");

    private final SortedMap<String, QueueConfig> queues = new TreeMap<>();
    private final SortedMap<String, BigInteger> held = new TreeMap<>();

    private QueueLedger() {}

    /**
     * Books all that runs.
     *
     * @param state the state
     * @return the ledger
     */
    public static QueueLedger of(ClusterState state) {
        QueueLedger ledger = new QueueLedger();
        state.queues().forEach(queue -> ledger.queues.put(queue.name(), queue));
        state.running().forEach(gang -> ledger.take(gang, gang.placement(), 1));
        return ledger;
    }

    /**
     * Books a placement.
     *
     * @param gang whose
     * @param placement where
     * @param jobs 1 for a job that starts, 0 for one that grows
     */
    public void take(Gang gang, Placement placement, int jobs) {
        List<Resources> replicas = new ArrayList<>();
        placement.replicas().forEach(slot -> replicas.add(ClusterLedger.resources(gang, slot)));
        load(replicas, jobs)
                .forEach((dimension, amount) -> path(gang.queue())
                        .forEach(queue -> held.merge(queue.name() + "/" + dimension, amount, BigInteger::add)));
    }

    /**
     * Books a gang out.
     *
     * @param gang the gang
     */
    public void giveBack(RunningGang gang) {
        List<Resources> replicas = new ArrayList<>();
        gang.placement().replicas().forEach(slot -> replicas.add(ClusterLedger.resources(gang, slot)));
        load(replicas, 1)
                .forEach((dimension, amount) -> path(gang.queue())
                        .forEach(
                                queue -> held.merge(queue.name() + "/" + dimension, amount.negate(), BigInteger::add)));
    }

    /**
     * Tells whether one more job stays within the limits.
     *
     * @param queue its queue
     * @param replicas what it would hold
     * @return true when no limit breaks
     */
    public boolean fits(String queue, List<Resources> replicas) {
        SortedMap<String, BigInteger> load = load(replicas, 1);
        return path(queue).stream()
                .allMatch(config -> DIMENSIONS.stream().allMatch(dimension -> {
                    BigInteger added = load.getOrDefault(dimension, BigInteger.ZERO);
                    OptionalLong limit = limit(config, dimension);
                    return added.signum() == 0
                            || limit.isEmpty()
                            || held(config, dimension).add(added).compareTo(BigInteger.valueOf(limit.getAsLong())) <= 0;
                }));
    }

    /**
     * Limits that are broken, and were not already broken as far in another ledger.
     *
     * @param before the accounts before
     * @return one sentence each
     */
    public List<String> brokenSince(QueueLedger before) {
        List<String> problems = new ArrayList<>();
        for (QueueConfig queue : queues.values()) {
            for (String dimension : DIMENSIONS) {
                OptionalLong limit = limit(queue, dimension);
                BigInteger now = held(queue, dimension);
                if (limit.isPresent()
                        && now.compareTo(BigInteger.valueOf(limit.getAsLong())) > 0
                        && now.compareTo(before.held(queue, dimension)) > 0) {
                    problems.add(queue.name() + " holds " + now + " " + dimension + " of " + limit.getAsLong());
                }
            }
        }
        return problems;
    }

    private BigInteger held(QueueConfig queue, String dimension) {
        return held.getOrDefault(queue.name() + "/" + dimension, BigInteger.ZERO);
    }

    private List<QueueConfig> path(String queue) {
        List<QueueConfig> path = new ArrayList<>();
        Optional<String> next = Optional.of(queue);
        while (next.isPresent() && queues.containsKey(next.get())) {
            QueueConfig config = queues.get(next.get());
            path.add(config);
            next = config.parent();
        }
        return path;
    }

    private static SortedMap<String, BigInteger> load(List<Resources> replicas, int jobs) {
        SortedMap<String, BigInteger> load = new TreeMap<>();
        load.put("jobs", BigInteger.valueOf(jobs));
        for (Resources replica : replicas) {
            load.merge("gpus", BigInteger.valueOf(replica.gpuCount()), BigInteger::add);
            load.merge("cpuMillis", BigInteger.valueOf(replica.cpuMillis()), BigInteger::add);
            load.merge("memoryBytes", BigInteger.valueOf(replica.memoryBytes()), BigInteger::add);
        }
        return load;
    }

    private static OptionalLong limit(QueueConfig queue, String dimension) {
        return switch (dimension) {
            case "gpus" -> queue.gpus();
            case "cpuMillis" -> queue.cpuMillis();
            case "memoryBytes" -> queue.memoryBytes();
            default -> queue.jobs();
        };
    }
}
