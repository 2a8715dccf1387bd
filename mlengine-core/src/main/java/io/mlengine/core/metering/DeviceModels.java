package io.mlengine.core.metering;

import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.Node;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
     * Looks devices up in nodes.
     *
     * @param nodes the nodes
     * @return models of their devices
     */
    static DeviceModels of(Collection<Node> nodes) {
        Map<String, Map<String, String>> models = new TreeMap<>();
        for (Node node : nodes) {
            Map<String, String> ofNode = new TreeMap<>();
            for (Device device : node.devices()) {
                ofNode.put(device.id(), device.model());
            }
            models.put(node.name(), ofNode);
        }
        return (node, device) -> Optional.ofNullable(models.get(node)).map(ofNode -> ofNode.get(device));
    }
}
