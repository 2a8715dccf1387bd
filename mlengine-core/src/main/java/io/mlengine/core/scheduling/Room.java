package io.mlengine.core.scheduling;

import io.mlengine.core.queue.QueueLoad;
import io.mlengine.core.queue.QueueTree;
import io.mlengine.core.queue.QueueUsage;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is free on all nodes and left of all queues' limits. Mutable; a hypothesis is a copy. */
final class Room {
    private final List<NodeRoom> nodes;
    private final QueueUsage queues;

    private Room(List<NodeRoom> nodes, QueueUsage queues) {
        this.nodes = nodes;
        this.queues = queues;
    }

    /** A cluster in which nothing runs; see {@link NodeRoom#of} for {@code atBest}. */
    static Room empty(List<Node> nodesByName, Layout layout, QueueTree tree, boolean atBest) {
        List<NodeRoom> nodes = new ArrayList<>(nodesByName.size());
        for (Node node : nodesByName) {
            nodes.add(NodeRoom.of(node, nodes.size(), layout, atBest));
        }
        return new Room(nodes, QueueUsage.none(tree));
    }

    Room copy() {
        List<NodeRoom> copies = new ArrayList<>(nodes.size());
        for (NodeRoom node : nodes) {
            copies.add(node.copy());
        }
        return new Room(copies, queues.copy());
    }

    List<NodeRoom> nodes() {
        return nodes;
    }

    NodeRoom node(int number) {
        return nodes.get(number);
    }

    QueueUsage queues() {
        return queues;
    }

    void occupy(Holding holding) {
        for (Holding.Slot slot : holding.slots()) {
            nodes.get(slot.node()).take(slot.demand(), slot.devices());
        }
        queues.add(holding.queue(), holding.load());
    }

    void release(Holding holding) {
        for (Holding.Slot slot : holding.slots()) {
            nodes.get(slot.node()).giveBack(slot.demand(), slot.devices());
        }
        queues.remove(holding.queue(), holding.load());
    }

    /** Whether a holding could be occupied as it is, limits of queues apart. */
    boolean hasFree(Holding holding) {
        int taken = 0;
        for (Holding.Slot slot : holding.slots()) {
            NodeRoom node = nodes.get(slot.node());
            if (!node.fits(slot.demand(), slot.devices())) {
                break;
            }
            node.take(slot.demand(), slot.devices());
            taken++;
        }
        for (Holding.Slot slot : holding.slots().subList(0, taken)) {
            nodes.get(slot.node()).giveBack(slot.demand(), slot.devices());
        }
        return taken == holding.slots().size();
    }

    /** Leaves no more free than another view does, on the nodes that a holding touches. */
    void capBy(Room other, Holding holding) {
        for (Holding.Slot slot : holding.slots()) {
            nodes.get(slot.node()).capBy(other.nodes.get(slot.node()));
        }
    }

    /** Takes over what another view has, but no more than a third, on the nodes that a holding touches. */
    void resetTo(Room other, Room most, Holding holding) {
        for (Holding.Slot slot : holding.slots()) {
            nodes.set(slot.node(), other.nodes.get(slot.node()).copy());
        }
        capBy(most, holding);
    }

    /**
     * Occupies what running gangs hold. Where a placement leaves the choice of devices to the node, the lowest free ones
     * that match count as held; named ones are occupied first, so that no such guess takes them.
     *
     * @return the holdings, in the order of the gangs
     */
    List<Holding> occupyAll(List<RunningGang> gangs, Layout layout) {
        Map<String, Integer> numbers = numbers();
        List<Holding> holdings = new ArrayList<>(gangs.size());
        for (RunningGang gang : gangs) {
            Holding holding = holding(gang, gang.placement(), layout, numbers);
            occupy(holding);
            holdings.add(holding);
        }
        for (int i = 0; i < gangs.size(); i++) {
            holdings.set(i, guessDevices(gangs.get(i), holdings.get(i)));
        }
        return holdings;
    }

    Map<String, Integer> numbers() {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        for (NodeRoom node : nodes) {
            numbers.put(node.name(), node.number());
        }
        return numbers;
    }

    /**
     * What a gang holds in a place. Nodes and devices that are not there any more are left out.
     *
     * @param numbers node to {@link NodeRoom#number}
     */
    Holding holding(Gang gang, Placement placement, Layout layout, Map<String, Integer> numbers) {
        Map<String, Demand> demands = new LinkedHashMap<>();
        for (GangRole role : gang.roles()) {
            demands.put(role.name(), layout.demand(role));
        }
        QueueLoad load = QueueLoad.ONE_JOB;
        List<Holding.Slot> slots = new ArrayList<>();
        for (Placement.Slot place : placement.replicas()) {
            Demand demand = demands.get(place.key().role());
            if (demand == null) {
                throw new IllegalArgumentException(gang.id() + " holds a place for an unknown role " + place.key());
            }
            load = load.plus(demand.resources(), 1);
            Integer node = numbers.get(place.node());
            // A node that has gone takes its replicas' room with it; the queue is charged until they are given up.
            if (node != null) {
                slots.add(new Holding.Slot(place.key(), node, demand, positions(nodes.get(node), place.devices())));
            }
        }
        return new Holding(gang.queue(), load, List.copyOf(slots));
    }

    private static int[] positions(NodeRoom node, List<String> ids) {
        int[] positions = new int[ids.size()];
        int count = 0;
        for (String id : ids) {
            int position = node.position(id);
            if (position >= 0) {
                positions[count++] = position;
            }
        }
        return Arrays.copyOf(positions, count);
    }

    private Holding guessDevices(RunningGang gang, Holding holding) {
        Map<ReplicaKey, Boolean> named = new LinkedHashMap<>();
        for (Placement.Slot place : gang.placement().replicas()) {
            named.put(place.key(), !place.devices().isEmpty());
        }
        List<Holding.Slot> slots = new ArrayList<>();
        for (Holding.Slot slot : holding.slots()) {
            if (slot.demand().gpus() == 0 || named.getOrDefault(slot.key(), false)) {
                slots.add(slot);
            } else {
                NodeRoom node = nodes.get(slot.node());
                node.giveBack(slot.demand(), slot.devices());
                Holding.Slot guess = new Holding.Slot(slot.key(), slot.node(), slot.demand(), guess(node, slot));
                node.take(guess.demand(), guess.devices());
                slots.add(guess);
            }
        }
        return new Holding(holding.queue(), holding.load(), List.copyOf(slots));
    }

    private static int[] guess(NodeRoom node, Holding.Slot slot) {
        int[] positions = new int[slot.demand().gpus()];
        int count = 0;
        for (int i = 0; i < node.devices() && count < positions.length; i++) {
            if (!node.isTaken(i) && slot.demand().allows(node.classOf(i))) {
                positions[count++] = i;
            }
        }
        return Arrays.copyOf(positions, count);
    }
}
