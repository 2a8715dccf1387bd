package io.mlengine.backend.k8s.pod;

import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Addresses and ports of an attempt. Each pod has a network of its own, so nothing needs to be claimed: the same
 * attempt always gets the same answer, after a restart of the engine too.
 */
public final class Reservations {
    private static final int MOST_PORT = 65_535;

    private Reservations() {}

    /**
     * Answers a reservation.
     *
     * @param owner the job's owner
     * @param attempt the attempt
     * @param placement who takes part
     * @param needs the ports; each gets its preferred number, or the next one that is free in its pod
     * @return addresses and ports
     */
    public static Reservation of(JobOwner owner, AttemptId attempt, Placement placement, Needs needs) {
        List<Reservation.Endpoint> endpoints = placement.replicas().stream()
                .map(slot -> new Reservation.Endpoint(
                        slot.key(), PodNames.host(owner, attempt, slot.key()), ports(slot.key(), needs)))
                .toList();
        return new Reservation(endpoints);
    }

    private static SortedMap<String, Integer> ports(ReplicaKey key, Needs needs) {
        SortedMap<String, Integer> ports = new TreeMap<>();
        for (Needs.Port need : needs.ports()) {
            if (need.replica().equals(key)) {
                int port = need.preferred();
                while (ports.containsValue(port)) {
                    port = port == MOST_PORT ? 1 : port + 1;
                }
                ports.put(need.name(), port);
            }
        }
        return ports;
    }
}
