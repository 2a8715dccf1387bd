package io.mlengine.core.scheduling;

import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.Resources;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Numbers the countable resources and the kinds of devices of one state, so that the search works on arrays. */
final class Layout {
    static final int CPU = 0;
    static final int MEMORY = 1;

    private final List<String> names = new ArrayList<>(List.of("cpuMillis", "memoryBytes"));
    private final Map<DeviceClass, Integer> classes = new LinkedHashMap<>();
    private final Map<Wish, Demand> demands = new LinkedHashMap<>();
    private final List<Node> nodes;
    private final AllowedNodes everywhere;
    private final BitSet perReplica = new BitSet();
    private final Map<NodeConstraints, AllowedNodes> allowed = new LinkedHashMap<>();

    private Layout(List<Node> nodesByName) {
        this.nodes = nodesByName;
        this.everywhere = AllowedNodes.all(nodesByName.size());
    }

    /** What replicas have in common that are one kind. */
    private record Wish(Resources resources, AllowedNodes nodes) {}

    /** Devices that no request can tell apart. */
    private record DeviceClass(String model, long memoryBytes, Optional<String> migProfile) {
        static DeviceClass of(Device device) {
            return new DeviceClass(device.model(), device.memoryBytes(), device.migProfile());
        }

        boolean satisfies(GpuRequest request) {
            return migProfile.equals(request.migProfile())
                    && memoryBytes >= request.memoryBytes().orElse(0)
                    && model.toLowerCase(Locale.ROOT)
                            .contains(request.model().orElse("").toLowerCase(Locale.ROOT));
        }
    }

    /** Numbers what the nodes have and what the gangs ask for. */
    static Layout of(List<Node> nodesByName, List<? extends Gang> running, List<? extends Gang> pending) {
        Layout layout = new Layout(nodesByName);
        SortedSet<String> extended = new TreeSet<>();
        SortedSet<String> perReplica = new TreeSet<>();
        for (Node node : nodesByName) {
            extended.addAll(node.extended().keySet());
            perReplica.addAll(node.perReplica());
            for (Device device : node.devices()) {
                layout.classes.putIfAbsent(DeviceClass.of(device), layout.classes.size());
            }
        }
        collect(running, extended);
        collect(pending, extended);
        extended.addAll(perReplica);
        layout.names.addAll(extended);
        perReplica.forEach(name -> layout.perReplica.set(layout.names.indexOf(name)));
        return layout;
    }

    private static void collect(List<? extends Gang> gangs, SortedSet<String> extended) {
        for (Gang gang : gangs) {
            for (GangRole role : gang.roles()) {
                extended.addAll(role.resources().extended().keySet());
            }
        }
    }

    int dimensions() {
        return names.size();
    }

    String name(int dimension) {
        return names.get(dimension);
    }

    int deviceClass(Device device) {
        Integer number = classes.get(DeviceClass.of(device));
        if (number == null) {
            throw new IllegalArgumentException("device of another state: " + device.id());
        }
        return number;
    }

    long[] capacity(Node node) {
        return amounts(node.cpuMillis(), node.memoryBytes(), node.extended());
    }

    /** All nodes, whatever their labels and taints. */
    AllowedNodes everywhere() {
        return everywhere;
    }

    private AllowedNodes allowed(NodeConstraints constraints) {
        return allowed.computeIfAbsent(constraints, key -> AllowedNodes.by(key, nodes, everywhere));
    }

    Demand demand(GangRole role) {
        return demands.computeIfAbsent(new Wish(role.resources(), allowed(role.nodes())), this::demand);
    }

    private Demand demand(Wish wish) {
        Resources resources = wish.resources();
        boolean[] devices = new boolean[classes.size()];
        resources
                .gpus()
                .ifPresent(request -> classes.forEach((deviceClass, number) -> {
                    devices[number] = deviceClass.satisfies(request);
                }));
        long[] amounts = amounts(resources.cpuMillis(), resources.memoryBytes(), resources.extended());
        perReplica.stream().forEach(dimension -> amounts[dimension] = Math.max(1, amounts[dimension]));
        return new Demand(resources, amounts, perReplica, resources.gpuCount(), devices, wish.nodes());
    }

    private long[] amounts(long cpuMillis, long memoryBytes, Map<String, Long> extended) {
        long[] amounts = new long[names.size()];
        amounts[CPU] = cpuMillis;
        amounts[MEMORY] = memoryBytes;
        for (int i = MEMORY + 1; i < amounts.length; i++) {
            amounts[i] = extended.getOrDefault(names.get(i), 0L);
        }
        return amounts;
    }
}
