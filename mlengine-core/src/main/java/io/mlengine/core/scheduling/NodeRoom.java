package io.mlengine.core.scheduling;

import com.google.common.math.LongMath;
import com.google.common.primitives.Ints;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** What is free on one node. Mutable. */
final class NodeRoom {
    private static final Comparator<Device> BY_INDEX =
            Comparator.comparingInt(Device::index).thenComparing(Device::id);

    private final Node node;
    private final int number;
    private final boolean open;
    /** May fall below zero where a node shrank under its replicas. */
    private final long[] free;

    private final Device[] devices;
    private final int[] classes;
    private final boolean[] taken;
    private int freeDevices;

    private NodeRoom(
            Node node, int number, boolean open, long[] free, Device[] devices, int[] classes, boolean[] taken) {
        this.node = node;
        this.number = number;
        this.open = open;
        this.free = free;
        this.devices = devices;
        this.classes = classes;
        this.taken = taken;
    }

    /**
     * An empty node.
     *
     * @param number its place among all nodes by name
     * @param atBest whether it counts as it could be: uncordoned, and without processes of strangers
     */
    static NodeRoom of(Node node, int number, Layout layout, boolean atBest) {
        SortedSet<String> parents = new TreeSet<>();
        for (Device device : node.devices()) {
            device.parent().ifPresent(parents::add);
        }
        List<Device> usable = new ArrayList<>();
        for (Device device : node.devices()) {
            boolean available = switch (device.availability()) {
                case AVAILABLE -> true;
                case FOREIGN -> atBest;
                case UNUSABLE -> false;
            };
            if (available && !parents.contains(device.id())) {
                usable.add(device);
            }
        }
        usable.sort(BY_INDEX);
        Device[] devices = usable.toArray(Device[]::new);
        int[] classes = new int[devices.length];
        for (int i = 0; i < devices.length; i++) {
            classes[i] = layout.deviceClass(devices[i]);
        }
        NodeRoom room = new NodeRoom(
                node,
                number,
                atBest || node.schedulable(),
                layout.capacity(node),
                devices,
                classes,
                new boolean[devices.length]);
        room.freeDevices = devices.length;
        return room;
    }

    NodeRoom copy() {
        NodeRoom copy = new NodeRoom(node, number, open, free.clone(), devices, classes, taken.clone());
        copy.freeDevices = freeDevices;
        return copy;
    }

    Node node() {
        return node;
    }

    String name() {
        return node.name();
    }

    int number() {
        return number;
    }

    boolean isOpen() {
        return open;
    }

    long free(int dimension) {
        return Math.max(0, free[dimension]);
    }

    int freeDevices() {
        return freeDevices;
    }

    int devices() {
        return devices.length;
    }

    Device device(int position) {
        return devices[position];
    }

    int classOf(int position) {
        return classes[position];
    }

    boolean isTaken(int position) {
        return taken[position];
    }

    /** Position of a device, or -1 when it may not be handed out or is not here. */
    int position(String id) {
        for (int i = 0; i < devices.length; i++) {
            if (devices[i].id().equals(id)) {
                return i;
            }
        }
        return -1;
    }

    /** Number of free devices that any of these demands allows. */
    int freeDevices(List<Demand> demands) {
        int count = 0;
        for (int i = 0; i < devices.length; i++) {
            if (!taken[i]) {
                for (Demand demand : demands) {
                    if (demand.gpus() > 0 && demand.allows(classes[i])) {
                        count++;
                        break;
                    }
                }
            }
        }
        return count;
    }

    /** How many replicas of one kind fit, at most {@code limit}. */
    int fits(Demand demand, int limit) {
        if (!open || !demand.nodes().include(number)) {
            return 0;
        }
        int most = limit;
        for (int i = 0; i < free.length && most > 0; i++) {
            if (demand.amount(i) > 0) {
                most = Math.min(most, Ints.saturatedCast(free(i) / demand.amount(i)));
            }
        }
        if (demand.gpus() > 0 && most > 0) {
            most = Math.min(most, matchingDevices(demand) / demand.gpus());
        }
        return most;
    }

    private int matchingDevices(Demand demand) {
        if (freeDevices < demand.gpus()) {
            return 0;
        }
        int count = 0;
        for (int i = 0; i < devices.length; i++) {
            if (!taken[i] && demand.allows(classes[i])) {
                count++;
            }
        }
        return count;
    }

    /** Whether these numbers of replicas fit together. */
    boolean fits(List<Demand> demands, int[] counts) {
        if (!open) {
            return false;
        }
        for (int s = 0; s < counts.length; s++) {
            if (counts[s] > 0 && !demands.get(s).nodes().include(number)) {
                return false;
            }
        }
        for (int i = 0; i < free.length; i++) {
            long left = free(i);
            for (int s = 0; s < counts.length; s++) {
                long amount = demands.get(s).amount(i);
                if (counts[s] > 0 && amount > 0) {
                    if (counts[s] > left / amount) {
                        return false;
                    }
                    left -= counts[s] * amount;
                }
            }
        }
        return DeviceMatching.exists(this, demands, counts);
    }

    /** Whether one replica fits on just these devices. */
    boolean fits(Demand demand, int[] positions) {
        for (int i = 0; i < free.length; i++) {
            if (demand.amount(i) > free(i)) {
                return false;
            }
        }
        boolean allFree = open && demand.nodes().include(number);
        for (int position : positions) {
            allFree &= !taken[position] && demand.allows(classes[position]);
        }
        return allFree;
    }

    void take(Demand demand, int[] positions) {
        for (int i = 0; i < free.length; i++) {
            free[i] = LongMath.saturatedSubtract(free[i], demand.amount(i));
        }
        for (int position : positions) {
            freeDevices -= taken[position] ? 0 : 1;
            taken[position] = true;
        }
    }

    void giveBack(Demand demand, int[] positions) {
        for (int i = 0; i < free.length; i++) {
            free[i] = LongMath.saturatedAdd(free[i], demand.amount(i));
        }
        for (int position : positions) {
            freeDevices += taken[position] ? 1 : 0;
            taken[position] = false;
        }
    }

    /** Leaves no more free than another view of the same node does. */
    void capBy(NodeRoom other) {
        for (int i = 0; i < free.length; i++) {
            free[i] = Math.min(free[i], other.free[i]);
        }
        for (int i = 0; i < taken.length; i++) {
            if (other.taken[i] && !taken[i]) {
                taken[i] = true;
                freeDevices--;
            }
        }
    }
}
