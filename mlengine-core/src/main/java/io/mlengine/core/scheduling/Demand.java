package io.mlengine.core.scheduling;

import io.mlengine.spi.model.Resources;
import java.util.BitSet;

/** What one replica asks for, in the numbers of a {@link Layout}; equal requests are one instance. */
final class Demand {
    private final Resources resources;
    private final long[] amounts;
    private final BitSet perReplica;
    private final int gpus;
    private final boolean[] deviceClasses;
    private final AllowedNodes nodes;

    /**
     * @param amounts by dimension
     * @param perReplica the dimensions of which every replica takes something
     * @param deviceClasses by class, whether a device of it will do
     * @param nodes where it may be placed
     */
    Demand(
            Resources resources,
            long[] amounts,
            BitSet perReplica,
            int gpus,
            boolean[] deviceClasses,
            AllowedNodes nodes) {
        this.resources = resources;
        this.amounts = amounts;
        this.perReplica = perReplica;
        this.gpus = gpus;
        this.deviceClasses = deviceClasses;
        this.nodes = nodes;
    }

    Resources resources() {
        return resources;
    }

    long amount(int dimension) {
        return amounts[dimension];
    }

    int dimensions() {
        return amounts.length;
    }

    int gpus() {
        return gpus;
    }

    boolean allows(int deviceClass) {
        return deviceClasses[deviceClass];
    }

    AllowedNodes nodes() {
        return nodes;
    }

    /** The same replica on other nodes. */
    Demand on(AllowedNodes others) {
        return new Demand(resources, amounts, perReplica, gpus, deviceClasses, others);
    }

    /** The same replica as if some dimensions did not matter; its load on queues stays what it is. */
    Demand without(boolean[] dimensions, boolean withoutGpus) {
        long[] rest = amounts.clone();
        for (int i = 0; i < rest.length; i++) {
            rest[i] = dimensions[i] ? 0 : rest[i];
        }
        return new Demand(resources, rest, perReplica, withoutGpus ? 0 : gpus, deviceClasses, nodes);
    }

    /**
     * Whether both could want the same device or draw on the same countable resource of one node. What every replica
     * takes does not count: everybody would wait for everybody.
     */
    boolean competesWith(Demand other) {
        if (!nodes.meet(other.nodes)) {
            return false;
        }
        for (int i = 0; i < amounts.length; i++) {
            if (amounts[i] > 0 && other.amounts[i] > 0 && !perReplica.get(i)) {
                return true;
            }
        }
        if (gpus == 0 || other.gpus == 0) {
            return false;
        }
        for (int i = 0; i < deviceClasses.length; i++) {
            if (deviceClasses[i] && other.deviceClasses[i]) {
                return true;
            }
        }
        return false;
    }
}
