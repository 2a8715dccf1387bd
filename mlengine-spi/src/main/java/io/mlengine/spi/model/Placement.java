package io.mlengine.spi.model;

import java.util.List;
import java.util.Optional;

/**
 * Where each replica of a gang goes.
 *
 * @param replicas one entry a replica, sorted by key, keys distinct
 */
public record Placement(List<Slot> replicas) {
    /** No replica placed. */
    public static final Placement EMPTY = new Placement(List.of());

    /** Copies and sorts the entries. */
    public Placement {
        replicas = replicas.stream()
                .sorted(java.util.Comparator.comparing(Slot::key))
                .toList();
    }

    /**
     * One replica's place.
     *
     * @param key role and index
     * @param node the node's name
     * @param devices ids of the devices it gets; empty when the node chooses them or none are asked for
     */
    public record Slot(ReplicaKey key, String node, List<String> devices) {
        /** Copies the list. */
        public Slot {
            devices = List.copyOf(devices);
        }
    }

    /**
     * Finds a replica's place.
     *
     * @param key role and index
     * @return the place, or empty
     */
    public Optional<Slot> slot(ReplicaKey key) {
        return replicas.stream().filter(slot -> slot.key().equals(key)).findFirst();
    }
}
