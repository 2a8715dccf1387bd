package io.mlengine.spi.backend;

import io.mlengine.spi.model.ReplicaKey;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was claimed for an attempt.
 *
 * @param endpoints one entry a replica, sorted by key
 */
public record Reservation(List<Endpoint> endpoints) {
    /** Copies and sorts. */
    public Reservation {
        endpoints = endpoints.stream()
                .sorted(java.util.Comparator.comparing(Endpoint::key))
                .toList();
    }

    /**
     * Where one replica is reached.
     *
     * @param key role and index
     * @param host the address under which the others reach it
     * @param ports leased ports by the name used in the needs
     */
    public record Endpoint(ReplicaKey key, String host, SortedMap<String, Integer> ports) {
        /** Copies the map. */
        public Endpoint {
            ports = Collections.unmodifiableSortedMap(new TreeMap<>(ports));
        }
    }

    /**
     * Finds a replica's endpoint.
     *
     * @param key role and index
     * @return the endpoint, or empty
     */
    public Optional<Endpoint> endpoint(ReplicaKey key) {
        return endpoints.stream().filter(endpoint -> endpoint.key().equals(key)).findFirst();
    }
}
