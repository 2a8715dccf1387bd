package io.mlengine.testkit.cluster;

import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Resources;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is free on one node; exact, so that it can fall below zero and be seen to. */
public final class NodeLedger {
    private static final BigInteger PLENTY = BigInteger.TWO.pow(Long.SIZE * 2);

    private final Node node;
    private final SortedMap<String, BigInteger> free = new TreeMap<>();
    private final List<Device> freeDevices = new ArrayList<>();
    private final List<String> doubles = new ArrayList<>();

    NodeLedger(Node node) {
        this.node = node;
        free.put("cpu", BigInteger.valueOf(node.cpuMillis()));
        free.put("memory", BigInteger.valueOf(node.memoryBytes()));
        node.extended().forEach((name, count) -> free.put(name, BigInteger.valueOf(count)));
        for (Device device : node.devices()) {
            boolean isParent = node.devices().stream()
                    .anyMatch(other -> other.parent().equals(java.util.Optional.of(device.id())));
            if (device.availability() == Device.Availability.AVAILABLE && !isParent) {
                freeDevices.add(device);
            }
        }
    }

    private NodeLedger(NodeLedger other) {
        node = other.node;
        free.putAll(other.free);
        freeDevices.addAll(other.freeDevices);
        doubles.addAll(other.doubles);
    }

    /** A copy with more of some resources than anybody can ask for. */
    NodeLedger lifting(Collection<String> names) {
        NodeLedger lifted = new NodeLedger(this);
        names.forEach(name -> lifted.free.put(name, PLENTY));
        return lifted;
    }

    Node node() {
        return node;
    }

    List<Device> freeDevices() {
        return List.copyOf(freeDevices);
    }

    /** Devices that were taken while they were not free. */
    List<String> doubles() {
        return doubles;
    }

    boolean isOverdrawn() {
        return free.values().stream().anyMatch(amount -> amount.signum() < 0);
    }

    void take(Resources resources, List<String> devices) {
        amounts(resources).forEach((name, amount) -> free.merge(name, amount.negate(), BigInteger::add));
        for (String id : devices) {
            if (!freeDevices.removeIf(device -> device.id().equals(id))) {
                doubles.add(id);
            }
        }
    }

    void giveBack(Resources resources, List<String> devices) {
        amounts(resources).forEach((name, amount) -> free.merge(name, amount, BigInteger::add));
        for (Device device : node.devices()) {
            if (devices.contains(device.id()) && device.availability() == Device.Availability.AVAILABLE) {
                freeDevices.add(device);
            }
        }
    }

    void capBy(NodeLedger other) {
        free.replaceAll((name, amount) -> amount.min(other.free.getOrDefault(name, BigInteger.ZERO)));
        freeDevices.retainAll(other.freeDevices);
    }

    /** Whether these replicas fit together, by trying all ways to give them devices. */
    boolean fits(List<Resources> replicas) {
        if (replicas.isEmpty()) {
            return true;
        }
        SortedMap<String, BigInteger> sum = new TreeMap<>();
        for (Resources replica : replicas) {
            amounts(replica).forEach((name, amount) -> sum.merge(name, amount, BigInteger::add));
        }
        boolean enough = sum.entrySet().stream()
                .allMatch(entry -> entry.getValue().signum() == 0
                        || entry.getValue().compareTo(free.getOrDefault(entry.getKey(), BigInteger.ZERO)) <= 0);
        List<GpuRequest> units = new ArrayList<>();
        for (Resources replica : replicas) {
            replica.gpus().ifPresent(request -> units.addAll(java.util.Collections.nCopies(request.count(), request)));
        }
        return node.schedulable() && enough && units.size() <= freeDevices.size() && serve(units, 0, freeDevices());
    }

    private static boolean serve(List<GpuRequest> units, int next, List<Device> free) {
        if (next == units.size()) {
            return true;
        }
        for (Device device : free) {
            if (matches(units.get(next), device)) {
                List<Device> rest = new ArrayList<>(free);
                rest.remove(device);
                if (serve(units, next + 1, rest)) {
                    return true;
                }
            }
        }
        return false;
    }

    static boolean matches(GpuRequest request, Device device) {
        return device.migProfile().equals(request.migProfile())
                && device.memoryBytes() >= request.memoryBytes().orElse(0)
                && device.model()
                        .toLowerCase(Locale.ROOT)
                        .contains(request.model().orElse("").toLowerCase(Locale.ROOT));
    }

    private SortedMap<String, BigInteger> amounts(Resources resources) {
        SortedMap<String, BigInteger> amounts = new TreeMap<>();
        amounts.put("cpu", BigInteger.valueOf(resources.cpuMillis()));
        amounts.put("memory", BigInteger.valueOf(resources.memoryBytes()));
        node.perReplica().forEach(name -> amounts.put(name, BigInteger.ONE));
        resources.extended().forEach((name, count) -> amounts.merge(name, BigInteger.valueOf(count), BigInteger::max));
        return amounts;
    }
}
