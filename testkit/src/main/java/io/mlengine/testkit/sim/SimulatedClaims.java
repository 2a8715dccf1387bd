package io.mlengine.testkit.sim;

import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.backend.ReserveOrder;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Devices and ports that attempts of a {@link SimulatedBackend} hold; a device with two holders is a breach. */
final class SimulatedClaims {
    private static final SortedPorts NO_PORTS = new SortedPorts(new TreeMap<>());

    private record SortedPorts(TreeMap<String, Integer> byName) {}

    private final List<String> breaches;
    private final Map<AttemptId, Placement> reservations = new TreeMap<>();
    private final Map<AttemptId, Map<ReplicaKey, SortedPorts>> ports = new TreeMap<>();
    private final Set<AttemptId> released = new TreeSet<>();
    // A backend that is restarted with its engine knows only what is reserved again.
    private final Set<AttemptId> remembered = new TreeSet<>();
    private int nextPort = 20_000;

    SimulatedClaims(List<String> breaches) {
        this.breaches = breaches;
    }

    void restarted() {
        remembered.clear();
    }

    Reservation reserve(ReserveOrder order) {
        if (released.contains(order.attempt())) {
            breaches.add("reserve after release: " + order.attempt());
        }
        claim(order);
        return new Reservation(order.placement().replicas().stream()
                .map(slot -> new Reservation.Endpoint(
                        slot.key(),
                        slot.node(),
                        ports.getOrDefault(order.attempt(), Map.of())
                                .getOrDefault(slot.key(), NO_PORTS)
                                .byName()))
                .toList());
    }

    private void claim(ReserveOrder order) {
        Set<String> wanted = devices(order.placement());
        reservations.forEach((attempt, placement) -> {
            if (!attempt.equals(order.attempt())) {
                if (attempt.job().equals(order.attempt().job())) {
                    breaches.add("two attempts of one job hold reservations: " + attempt + " and " + order.attempt());
                }
                for (String device : devices(placement)) {
                    if (wanted.contains(device)) {
                        breaches.add("device " + device + " is held by " + attempt + " and " + order.attempt());
                        throw new OrderFailedException(
                                FailureClass.INFRASTRUCTURE, "DeviceTaken", device + " is held by " + attempt, null);
                    }
                }
            }
        });
        reservations.put(order.attempt(), order.placement());
        remembered.add(order.attempt());
        Map<ReplicaKey, SortedPorts> leased = ports.computeIfAbsent(order.attempt(), unused -> new TreeMap<>());
        for (Placement.Slot slot : order.placement().replicas()) {
            SortedPorts own = leased.computeIfAbsent(slot.key(), unused -> new SortedPorts(new TreeMap<>()));
            for (Needs.Port need : order.needs().ports()) {
                if (need.replica().equals(slot.key())) {
                    own.byName().computeIfAbsent(need.name(), unused -> nextPort++);
                }
            }
        }
    }

    private static Set<String> devices(Placement placement) {
        Set<String> ids = new TreeSet<>();
        placement.replicas().forEach(slot -> slot.devices().forEach(device -> ids.add(slot.node() + "/" + device)));
        return ids;
    }

    /** The places of an attempt that this backend knows to be reserved. */
    Placement known(AttemptId attempt) {
        Placement placement = reservations.get(attempt);
        if (placement == null || !remembered.contains(attempt)) {
            throw new OrderFailedException(
                    FailureClass.INFRASTRUCTURE, "NotReserved", "nothing is reserved for " + attempt, null);
        }
        return placement;
    }

    void release(AttemptId attempt) {
        reservations.remove(attempt);
        ports.remove(attempt);
        released.add(attempt);
    }

    Set<AttemptId> reserved() {
        return Set.copyOf(reservations.keySet());
    }

    int gpusOn(String node) {
        return reservations.values().stream()
                .flatMap(placement -> placement.replicas().stream())
                .filter(slot -> slot.node().equals(node))
                .mapToInt(slot -> slot.devices().size())
                .sum();
    }
}
