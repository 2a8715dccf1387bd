package io.mlengine.core.metering;

import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.Node;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Tells the model of a device; placements name devices by id only. */
@FunctionalInterface
public interface DeviceModels {
    /** Knows none. */
    DeviceModels NONE = (node, device) -> Optional.empty();

    /**
     * Finds a device's model.
     *
     * @param node the node's name
     * @param device the device's id
     * @return the model, or empty when the device is not known
     */
    Optional<String> model(String node, String device);

    /**
     * Finds the model of devices of which only their node knows which they are.
     *
     * @param node the node's name
     * @param wanted what was asked for
     * @return the model, or empty when the node is not known or has several that fit
     */
    default Optional<String> model(String node, GpuRequest wanted) {
        return Optional.empty();
    }

    /**
     * Looks devices up in nodes.
     *
     * @param nodes the nodes
     * @return models of their devices
     */
    static DeviceModels of(Collection<Node> nodes) {
        Map<String, Node> byName = new TreeMap<>();
        nodes.forEach(node -> byName.put(node.name(), node));
        return new DeviceModels() {
            @Override
            public Optional<String> model(String node, String device) {
                return Optional.ofNullable(byName.get(node)).stream()
                        .flatMap(known -> known.devices().stream())
                        .filter(known -> known.id().equals(device))
                        .map(Device::model)
                        .findFirst();
            }

            @Override
            public Optional<String> model(String node, GpuRequest wanted) {
                TreeSet<String> models = new TreeSet<>();
                Optional.ofNullable(byName.get(node)).stream()
                        .flatMap(known -> known.devices().stream())
                        .filter(device -> isLike(device, wanted))
                        .forEach(device -> models.add(device.model()));
                return models.size() == 1 ? Optional.of(models.first()) : Optional.empty();
            }
        };
    }

    private static boolean isLike(Device device, GpuRequest wanted) {
        String part = wanted.model().orElse("").toLowerCase(Locale.ROOT);
        return device.migProfile().equals(wanted.migProfile())
                && device.model().toLowerCase(Locale.ROOT).contains(part);
    }
}
