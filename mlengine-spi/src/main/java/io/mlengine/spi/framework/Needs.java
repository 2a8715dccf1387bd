package io.mlengine.spi.framework;

import io.mlengine.spi.model.ReplicaKey;
import java.util.List;

/**
 * What replicas must have before a plan can be made.
 *
 * @param ports the ports, distinct in (replica, name)
 */
public record Needs(List<Port> ports) {
    /** Nothing. */
    public static final Needs NONE = new Needs(List.of());

    /** Copies the list. */
    public Needs {
        ports = List.copyOf(ports);
    }

    /**
     * A TCP port that a replica listens on.
     *
     * @param replica who listens
     * @param name name of the port, found again in {@link ClusterView.Member#ports()}
     * @param preferred the number used where each replica has a network of its own; shared hosts lease another
     */
    public record Port(ReplicaKey replica, String name, int preferred) {}
}
