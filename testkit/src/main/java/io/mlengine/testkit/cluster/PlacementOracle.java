package io.mlengine.testkit.cluster;

import io.mlengine.core.scheduling.Gang;
import io.mlengine.core.scheduling.GangRole;
import io.mlengine.spi.model.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Tells whether a gang can start, by trying every size and every way to spread it. For a handful of replicas only. */
public final class PlacementOracle {
    private final Gang gang;
    private final Gang charged;
    private final List<NodeLedger> nodes;
    private final Predicate<List<Resources>> limits;

    private PlacementOracle(Gang gang, Gang charged, List<NodeLedger> nodes, Predicate<List<Resources>> limits) {
        this.gang = gang;
        this.charged = charged;
        this.nodes = nodes;
        this.limits = limits;
    }

    /**
     * Tries everything.
     *
     * @param gang the gang
     * @param ledger what is free
     * @param limits whether replicas are within the queue's limits
     * @return true when there is a way to start it
     */
    public static boolean canStart(Gang gang, ClusterLedger ledger, Predicate<List<Resources>> limits) {
        return canStart(gang, gang, ledger, limits);
    }

    /**
     * Tries everything for a gang that asks nodes for less than its queue is charged.
     *
     * @param gang what is asked of nodes
     * @param charged a gang with the same roles: what the queue is charged
     * @param ledger what is free
     * @param limits whether replicas are within the queue's limits
     * @return true when there is a way to start it
     */
    public static boolean canStart(Gang gang, Gang charged, ClusterLedger ledger, Predicate<List<Resources>> limits) {
        if (gang.topology().isEmpty() || !gang.topology().get().required()) {
            return new PlacementOracle(gang, charged, ledger.nodes(), limits).anySize(0, new ArrayList<>());
        }
        SortedMap<String, List<NodeLedger>> domains = new TreeMap<>();
        String level = gang.topology().get().level();
        for (NodeLedger node : ledger.nodes()) {
            Optional<String> domain = level.equals("node")
                    ? Optional.of(node.node().name())
                    : Optional.ofNullable(node.node().labels().get(level));
            domain.ifPresent(name ->
                    domains.computeIfAbsent(name, key -> new ArrayList<>()).add(node));
        }
        return domains.values().stream()
                .anyMatch(domain -> new PlacementOracle(gang, charged, domain, limits).anySize(0, new ArrayList<>()));
    }

    private boolean anySize(int role, List<Integer> sizes) {
        if (role == gang.roles().size()) {
            return isLargeEnough(sizes) && limits.test(replicas(sizes)) && spread(sizes);
        }
        GangRole next = gang.roles().get(role);
        for (int size = next.least(); size <= next.count(); size++) {
            List<Integer> more = new ArrayList<>(sizes);
            more.add(size);
            if (anySize(role + 1, more)) {
                return true;
            }
        }
        return false;
    }

    private boolean isLargeEnough(List<Integer> sizes) {
        int all = gang.roles().stream().mapToInt(GangRole::count).sum();
        int sum = sizes.stream().mapToInt(Integer::intValue).sum();
        return sum >= Math.min(all, Math.max(1, gang.gangMinimum().orElse(1)));
    }

    private List<Resources> replicas(List<Integer> sizes) {
        List<Resources> replicas = new ArrayList<>();
        for (int r = 0; r < sizes.size(); r++) {
            for (int i = 0; i < sizes.get(r); i++) {
                replicas.add(charged.roles().get(r).resources());
            }
        }
        return replicas;
    }

    private boolean spread(List<Integer> sizes) {
        List<List<Resources>> onNodes = new ArrayList<>();
        nodes.forEach(node -> onNodes.add(new ArrayList<>()));
        return spread(sizes, 0, 0, 0, onNodes);
    }

    /** Puts the next replica of a role on this node or a later one; equal replicas need not be tried in other orders. */
    private boolean spread(List<Integer> sizes, int role, int placed, int from, List<List<Resources>> onNodes) {
        if (role == sizes.size()) {
            return true;
        }
        if (placed == sizes.get(role)) {
            return spread(sizes, role + 1, 0, 0, onNodes);
        }
        GangRole next = gang.roles().get(role);
        for (int n = from; n < nodes.size(); n++) {
            if (next.nodes().refusal(nodes.get(n).node()).isPresent()) {
                continue;
            }
            List<Resources> here = onNodes.get(n);
            here.add(next.resources());
            if (nodes.get(n).fits(here) && spread(sizes, role, placed + 1, n, onNodes)) {
                return true;
            }
            here.remove(here.size() - 1);
        }
        return false;
    }
}
