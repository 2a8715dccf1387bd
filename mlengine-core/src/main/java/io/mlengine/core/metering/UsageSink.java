package io.mlengine.core.metering;

/**
 * Takes usage to where it is billed or shown, one ended attempt at a time. To return is to acknowledge: the sink has kept
 * it. Who throws gets the same usage again, after a second at first and then less and less often. The job's record is not
 * dropped before, and an engine that starts again brings what its records still hold, whether it was acknowledged or
 * not. So nothing is lost, and the attempt's id tells a sink what it has already.
 *
 * <p>Called from an executor and never from the engine's loop, so it may block; one call at a time.
 */
@FunctionalInterface
public interface UsageSink {
    /** Keeps nothing. */
    UsageSink NONE = usage -> {};

    /**
     * Takes what an attempt held, for good; the same attempt again changes nothing.
     *
     * @param usage what an ended attempt held
     * @throws RuntimeException when it could not be kept
     */
    void record(AttemptUsage usage);
}
