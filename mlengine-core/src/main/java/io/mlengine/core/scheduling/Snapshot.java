package io.mlengine.core.scheduling;

import io.mlengine.core.queue.QueueTree;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A state made ready for one plan: everything in a fixed order, numbered, and counted. */
final class Snapshot {
    private final List<RunningGang> running;
    private final List<PendingGang> pending;
    private final QueueTree tree;
    private final Layout layout;
    private final Map<JobId, Holding> holdings = new LinkedHashMap<>();
    private final Map<JobId, Holding> kept = new LinkedHashMap<>();
    private final Room now;
    private final Room later;
    private final Room best;

    Snapshot(ClusterState state, Comparator<Gang> order) {
        List<Node> nodes = new ArrayList<>(state.nodes());
        nodes.sort(Comparator.comparing(Node::name));
        running = new ArrayList<>(state.running());
        running.sort(order);
        pending = new ArrayList<>(state.pending());
        pending.sort(order);
        tree = QueueTree.of(state.queues());
        layout = Layout.of(nodes, running, pending);
        now = Room.empty(nodes, layout, tree, false);
        best = Room.empty(nodes, layout, tree, true);
        List<Holding> held = now.occupyAll(running, layout);
        for (int i = 0; i < held.size(); i++) {
            holdings.put(running.get(i).id(), held.get(i));
        }
        later = now.copy();
        for (RunningGang gang : running) {
            if (gang.draining()) {
                later.release(holding(gang.id()));
            }
        }
        keep(state.earmarks());
    }

    private void keep(List<Plan.Earmark> earmarks) {
        if (earmarks.isEmpty()) {
            return;
        }
        Map<JobId, PendingGang> waiting = new LinkedHashMap<>();
        for (PendingGang gang : pending) {
            waiting.put(gang.id(), gang);
        }
        Map<String, Integer> numbers = now.numbers();
        for (Plan.Earmark earmark : earmarks) {
            PendingGang gang = waiting.get(earmark.beneficiary());
            if (gang != null && GangNeed.toStart(gang, layout).isMetBy(earmark.room())) {
                Holding holding = now.holding(gang, earmark.room(), layout, numbers);
                if (holding.isWhole(earmark.room())) {
                    kept.put(gang.id(), holding);
                }
            }
        }
    }

    /** What the last plan kept for gangs that still wait, as far as it is still there. */
    Map<JobId, Holding> kept() {
        return kept;
    }

    /** Running gangs in the order of the policy. */
    List<RunningGang> running() {
        return running;
    }

    /** Waiting gangs in the order of the policy. */
    List<PendingGang> pending() {
        return pending;
    }

    QueueTree tree() {
        return tree;
    }

    Layout layout() {
        return layout;
    }

    /** What a running gang holds. */
    Holding holding(JobId job) {
        Holding holding = holdings.get(job);
        if (holding == null) {
            throw new IllegalArgumentException(job + " does not run");
        }
        return holding;
    }

    /** What can be given away at once. */
    Room now() {
        return now;
    }

    /** What will be free when all that drains has gone, less what is kept for somebody. Never less than {@link #now}. */
    Room later() {
        return later;
    }

    /** What would be free if nothing ran, no node were cordoned and no stranger used a device. */
    Room best() {
        return best;
    }
}
