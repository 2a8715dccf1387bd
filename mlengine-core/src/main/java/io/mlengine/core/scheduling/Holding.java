package io.mlengine.core.scheduling;

import io.mlengine.core.queue.QueueLoad;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import java.util.ArrayList;
import java.util.List;

/**
 * What a gang holds, or would hold, of a room.
 *
 * @param queue the queue that it counts for
 * @param load what it counts there
 * @param slots its replicas' places
 */
record Holding(String queue, QueueLoad load, List<Slot> slots) {
    /**
     * One replica's place.
     *
     * @param key which replica
     * @param node number of the node
     * @param demand what it holds
     * @param devices positions of its devices on the node
     */
    record Slot(ReplicaKey key, int node, Demand demand, int[] devices) {}

    Placement placement(Room room) {
        List<Placement.Slot> places = new ArrayList<>();
        for (Slot slot : slots) {
            NodeRoom node = room.node(slot.node());
            List<String> ids = new ArrayList<>();
            for (int position : slot.devices()) {
                ids.add(node.device(position).id());
            }
            places.add(new Placement.Slot(slot.key(), node.name(), ids));
        }
        return new Placement(places);
    }

    /** Both together. */
    Holding and(Holding other) {
        List<Slot> all = new ArrayList<>(slots);
        all.addAll(other.slots);
        return new Holding(queue, load.plus(other.load), List.copyOf(all));
    }

    /** Whether all nodes and devices of a placement are in it. */
    boolean isWhole(Placement placement) {
        boolean whole = slots.size() == placement.replicas().size();
        for (Slot slot : slots) {
            whole &= slot.devices().length == slot.demand().gpus();
        }
        return whole;
    }

    /** Whether both have a replica on one node. */
    boolean meets(Holding other) {
        for (Slot slot : slots) {
            for (Slot otherSlot : other.slots) {
                if (slot.node() == otherSlot.node()) {
                    return true;
                }
            }
        }
        return false;
    }
}
