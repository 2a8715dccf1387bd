package io.mlengine.core.queue;

import io.mlengine.spi.model.ModelStyle;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.immutables.value.Value;

/**
 * A queue and its limits. Limits hold for what the queue's jobs and those of the queues below it hold at one time,
 * draining jobs included. An engine without configured queues accepts any queue name and limits nothing; as soon as one
 * queue is configured, admission refuses jobs that name another.
 */
@ModelStyle
@Value.Immutable
public interface QueueConfig {
    /**
     * Name, unique in the engine.
     *
     * @return the name
     */
    String name();

    /**
     * The queue above it, whose limits hold as well.
     *
     * @return the parent's name, or empty at the top
     */
    Optional<String> parent();

    /**
     * Most GPUs (or MIG instances) held at one time.
     *
     * @return the number, or empty for no limit
     */
    OptionalLong gpus();

    /**
     * Most CPU time asked for at one time, in thousandths of a core.
     *
     * @return the thousandths, or empty for no limit
     */
    OptionalLong cpuMillis();

    /**
     * Most memory asked for at one time, in bytes.
     *
     * @return the bytes, or empty for no limit
     */
    OptionalLong memoryBytes();

    /**
     * Most jobs that hold resources at one time.
     *
     * @return the number, or empty for no limit
     */
    OptionalLong jobs();

    /**
     * Highest priority that jobs of this queue and of those below it may have. It is asked when a job is submitted, so a
     * lower one is not held against jobs that were accepted before.
     *
     * @return the priority, not negative, or empty for any
     */
    OptionalInt maxPriority();

    /**
     * Whether it starts no more jobs; those that run go on.
     *
     * @return false by default
     */
    default @Value.Default boolean stopped() {
        return false;
    }

    /**
     * Starts a queue.
     *
     * @param name its name
     * @return a builder that has the name
     */
    static Builder named(String name) {
        return builder().name(name);
    }

    /**
     * Starts a queue.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link QueueConfig}. */
    final class Builder extends ImmutableQueueConfig.Builder {}
}
