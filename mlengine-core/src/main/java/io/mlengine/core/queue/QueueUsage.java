package io.mlengine.core.queue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the jobs of each configured queue, and of the queues below it, hold. Mutable, for one thread. */
public final class QueueUsage {
    private final QueueTree tree;
    private final SortedMap<String, QueueLoad> loads;

    private QueueUsage(QueueTree tree, SortedMap<String, QueueLoad> loads) {
        this.tree = tree;
        this.loads = loads;
    }

    /**
     * Nothing held.
     *
     * @param tree the queues
     * @return the usage
     */
    public static QueueUsage none(QueueTree tree) {
        return new QueueUsage(tree, new TreeMap<>());
    }

    /**
     * A limit that an additional load would break.
     *
     * @param queue the queue with the limit
     * @param dimension what it limits
     * @param left what is left of the limit, not below zero
     */
    public record Excess(String queue, QueueDimension dimension, BigInteger left) {}

    /**
     * Copies.
     *
     * @return an independent usage
     */
    public QueueUsage copy() {
        return new QueueUsage(tree, new TreeMap<>(loads));
    }

    /**
     * Charges a queue and those above it.
     *
     * @param queue the queue's name
     * @param load how much
     */
    public void add(String queue, QueueLoad load) {
        for (QueueConfig config : tree.path(queue)) {
            loads.merge(config.name(), load, QueueLoad::plus);
        }
    }

    /**
     * Takes back what was charged.
     *
     * @param queue the queue's name
     * @param load how much
     */
    public void remove(String queue, QueueLoad load) {
        for (QueueConfig config : tree.path(queue)) {
            loads.merge(config.name(), load, QueueLoad::minus);
        }
    }

    /**
     * Tells whether a load stays within all limits. A load that adds nothing to a dimension breaks no limit of it, even
     * where more is held than a lowered limit allows.
     *
     * @param queue the queue's name
     * @param load how much would be added
     * @return true when no limit breaks
     */
    public boolean fits(String queue, QueueLoad load) {
        return excesses(queue, load).isEmpty();
    }

    /**
     * The limits that a load would break, from the queue upwards.
     *
     * @param queue the queue's name
     * @param load how much would be added
     * @return the limits, empty when all hold
     */
    public List<Excess> excesses(String queue, QueueLoad load) {
        List<Excess> excesses = new ArrayList<>();
        for (QueueConfig config : tree.path(queue)) {
            QueueLoad held = loads.getOrDefault(config.name(), QueueLoad.NONE);
            for (QueueDimension dimension : QueueDimension.values()) {
                OptionalLong limit = dimension.limit(config);
                if (limit.isPresent()) {
                    BigInteger left = BigInteger.valueOf(limit.getAsLong()).subtract(held.of(dimension));
                    BigInteger added = load.of(dimension);
                    if (added.signum() > 0 && added.compareTo(left) > 0) {
                        excesses.add(new Excess(config.name(), dimension, left.max(BigInteger.ZERO)));
                    }
                }
            }
        }
        return excesses;
    }
}
