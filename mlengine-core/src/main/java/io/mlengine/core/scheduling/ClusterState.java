package io.mlengine.core.scheduling;

import io.mlengine.core.queue.QueueConfig;
import io.mlengine.spi.model.ModelStyle;
import io.mlengine.spi.model.Node;
import java.time.Instant;
import java.util.List;
import org.immutables.value.Value;

/** All that a policy may know: one moment of the cluster. The order of the lists means nothing. */
@ModelStyle
@Value.Immutable
public interface ClusterState {
    /**
     * Version of the engine's state that this was taken from; a plan is applied only to the same version.
     *
     * @return the version
     */
    default @Value.Default long version() {
        return 0;
    }

    /**
     * The moment.
     *
     * @return the time
     */
    Instant now();

    /**
     * The machines, with distinct names.
     *
     * @return the nodes
     */
    List<Node> nodes();

    /**
     * The configured queues; empty when any queue name is allowed and nothing is limited.
     *
     * @return the queues
     */
    List<QueueConfig> queues();

    /**
     * Jobs that hold resources, draining ones included.
     *
     * @return the gangs
     */
    List<RunningGang> running();

    /**
     * Jobs that wait to start.
     *
     * @return the gangs
     */
    List<PendingGang> pending();

    /**
     * Room that the last applied plan kept, so that its beneficiaries get exactly that room. After a restart of the
     * engine it may be empty: then policies derive earmarks anew from what drains.
     *
     * @return the earmarks of jobs that still wait; others are ignored
     */
    List<Plan.Earmark> earmarks();

    /**
     * Starts a state.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link ClusterState}. */
    final class Builder extends ImmutableClusterState.Builder {}
}
