package io.mlengine.testkit.cluster;

import io.mlengine.core.scheduling.ClusterState;
import io.mlengine.core.scheduling.Gang;
import io.mlengine.core.scheduling.GangRole;
import io.mlengine.core.scheduling.RunningGang;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.Resources;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Accounts of a cluster: what is free on each node. */
public final class ClusterLedger {
    private final SortedMap<String, NodeLedger> nodes = new TreeMap<>();

    private ClusterLedger() {}

    /**
     * A cluster in which nothing runs.
     *
     * @param nodes its nodes
     * @return the ledger
     */
    public static ClusterLedger empty(List<Node> nodes) {
        ClusterLedger ledger = new ClusterLedger();
        nodes.forEach(node -> ledger.nodes.put(node.name(), new NodeLedger(node)));
        return ledger;
    }

    /**
     * A cluster with what runs in it, draining gangs included.
     *
     * @param state the state
     * @return the ledger
     */
    public static ClusterLedger of(ClusterState state) {
        ClusterLedger ledger = empty(state.nodes());
        state.running().forEach(gang -> ledger.take(gang, gang.placement()));
        return ledger;
    }

    /**
     * A cluster in which all that drains has gone.
     *
     * @param state the state
     * @return the ledger
     */
    public static ClusterLedger afterDraining(ClusterState state) {
        ClusterLedger ledger = empty(state.nodes());
        state.running().stream().filter(gang -> !gang.draining()).forEach(gang -> ledger.take(gang, gang.placement()));
        return ledger;
    }

    /**
     * Books a placement.
     *
     * @param gang whose
     * @param placement where
     */
    public void take(Gang gang, Placement placement) {
        for (Placement.Slot slot : placement.replicas()) {
            node(slot.node()).take(resources(gang, slot), slot.devices());
        }
    }

    /**
     * Books a gang out.
     *
     * @param gang the gang
     */
    public void giveBack(RunningGang gang) {
        for (Placement.Slot slot : gang.placement().replicas()) {
            node(slot.node()).giveBack(resources(gang, slot), slot.devices());
        }
    }

    /**
     * Leaves no more free than another ledger does.
     *
     * @param other a ledger of the same nodes
     */
    public void capBy(ClusterLedger other) {
        nodes.forEach((name, node) -> node.capBy(other.node(name)));
    }

    /**
     * Makes a copy in which some resources of nodes never run out.
     *
     * @param names the resources
     * @return another ledger
     */
    public ClusterLedger lifting(Collection<String> names) {
        ClusterLedger lifted = new ClusterLedger();
        nodes.forEach((name, node) -> lifted.nodes.put(name, node.lifting(names)));
        return lifted;
    }

    /**
     * What is wrong with the accounts.
     *
     * @return one sentence for each overdrawn node and each device given twice or not to be given
     */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        nodes.forEach((name, node) -> {
            if (node.isOverdrawn()) {
                problems.add(name + " is overdrawn");
            }
            node.doubles().forEach(device -> problems.add(device + " on " + name + " was not free"));
        });
        return problems;
    }

    /**
     * Finds free devices for one more replica, the first that match.
     *
     * @param name the node
     * @param resources what it needs
     * @param gang the gang that it belongs to
     * @param before replicas of the gang that are placed but not booked yet
     * @return ids of the devices, or empty when the replica does not fit there
     */
    public Optional<List<String>> anyDevices(String name, Resources resources, Gang gang, List<Placement.Slot> before) {
        List<Resources> together = new ArrayList<>(List.of(resources));
        List<String> taken = new ArrayList<>();
        for (Placement.Slot slot : before) {
            if (slot.node().equals(name)) {
                together.add(resources(gang, slot));
                taken.addAll(slot.devices());
            }
        }
        List<String> devices = node(name).freeDevices().stream()
                .filter(device -> !taken.contains(device.id())
                        && resources
                                .gpus()
                                .filter(request -> NodeLedger.matches(request, device))
                                .isPresent())
                .map(Device::id)
                .limit(resources.gpuCount())
                .toList();
        return devices.size() == resources.gpuCount() && node(name).fits(together)
                ? Optional.of(devices)
                : Optional.empty();
    }

    NodeLedger node(String name) {
        NodeLedger node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no node " + name);
        }
        return node;
    }

    List<NodeLedger> nodes() {
        return List.copyOf(nodes.values());
    }

    /**
     * What a replica of a gang holds.
     *
     * @param gang the gang
     * @param slot the replica's place
     * @return the resources of its role
     */
    public static Resources resources(Gang gang, Placement.Slot slot) {
        return gang.roles().stream()
                .filter(role -> role.name().equals(slot.key().role()))
                .findFirst()
                .map(GangRole::resources)
                .orElseThrow(() -> new IllegalArgumentException(gang.id() + " has no role for " + slot.key()));
    }
}
