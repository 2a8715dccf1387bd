package io.mlengine.spi.backend;

import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ModelStyle;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.Resources;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * Work of others that wants places from the engine's scheduler: pods of another controller, for example. The engine
 * decides where the members go, all together or not at all, and counts what they hold; it neither launches nor ends them.
 */
@ModelStyle
@Value.Immutable
public interface ExternalGang {
    /**
     * One member.
     *
     * @param name its name, unique in the gang
     * @param resources what it holds
     * @param nodes which nodes it may be placed on
     * @param node where it is; empty while it waits for a place
     * @param leaving whether it is on its way out: it holds its place until it is gone, and does not count for the gang
     */
    record Member(String name, Resources resources, NodeConstraints nodes, Optional<String> node, boolean leaving) {}

    /**
     * Identity, different from that of every job and every other gang, the same after a restart.
     *
     * @return the id, at most 32 characters
     */
    JobId id();

    /**
     * Its name for people.
     *
     * @return the name, for example {@code research/bert}
     */
    String name();

    /**
     * The queue that it waits in.
     *
     * @return the queue's name
     */
    default @Value.Default String queue() {
        return "default";
    }

    /**
     * Importance, over all queues.
     *
     * @return the priority, 0 by default
     */
    default @Value.Default int priority() {
        return 0;
    }

    /**
     * Whether it may be evicted for a more important gang.
     *
     * @return true by default
     */
    default @Value.Default boolean preemptible() {
        return true;
    }

    /**
     * When its first member was made.
     *
     * @return the time
     */
    Instant createdAt();

    /**
     * Least number of members that must have a place before any may start.
     *
     * @return the number, at least 1
     */
    int size();

    /**
     * Whether a placing was cut short, by the end of an engine for example: some members have places, and those without
     * waited already when these got theirs. What a gang lost later does not make it torn.
     *
     * @return false by default
     */
    default @Value.Default boolean torn() {
        return false;
    }

    /**
     * The members that exist and have not ended.
     *
     * @return the members, in the order of their names
     */
    List<Member> members();

    /**
     * Starts a gang.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds an {@link ExternalGang}. */
    final class Builder extends ImmutableExternalGang.Builder {}
}
