package io.mlengine.spi.model;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import org.immutables.value.Value;

/** A machine as the scheduler sees it. Capacities are what jobs may use in all, whether taken or free. */
@ModelStyle
@Value.Immutable
public interface Node {
    /**
     * Name, unique in the cluster.
     *
     * @return the name
     */
    String name();

    /**
     * CPU time in thousandths of a core.
     *
     * @return the thousandths
     */
    long cpuMillis();

    /**
     * Memory in bytes.
     *
     * @return the bytes
     */
    long memoryBytes();

    /**
     * Devices, in the order of their index.
     *
     * @return the devices
     */
    List<Device> devices();

    /**
     * Other countable resources by name.
     *
     * @return name to count
     */
    @Value.NaturalOrder
    SortedMap<String, Long> extended();

    /**
     * The resources among {@link #extended} of which every replica takes one, whether it asks or not: places for pods, for
     * example. A replica that asks for more of them takes as many as it asks for.
     *
     * @return names, none by default
     */
    @Value.NaturalOrder
    SortedSet<String> perReplica();

    /**
     * Labels, among them topology domains.
     *
     * @return key to value
     */
    @Value.NaturalOrder
    SortedMap<String, String> labels();

    /**
     * Marks that keep replicas off it unless they tolerate them.
     *
     * @return the taints
     */
    List<Taint> taints();

    /**
     * Whether new replicas may be placed on it.
     *
     * @return true by default
     */
    default @Value.Default boolean schedulable() {
        return true;
    }

    /**
     * Starts a node.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link Node}. */
    final class Builder extends ImmutableNode.Builder {}
}
