package io.mlengine.core.metering;

import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ModelStyle;
import java.math.BigInteger;
import java.time.Instant;
import org.immutables.value.Value;

/**
 * What one attempt held of one device model in one interval in which its membership did not change. Held means granted,
 * whether used or not. Times count in whole milliseconds since the epoch, so that adjoining intervals add up exactly.
 */
@ModelStyle
@Value.Immutable
public interface UsageRecord {
    /** The device model of replicas that hold no device. */
    String CPU = "cpu";

    /** The device model of devices that nobody can name any more. */
    String UNKNOWN = "unknown";

    /** What became of the work. */
    enum Worth {
        /** The attempt did not fail. */
        USEFUL,
        /** The attempt failed or was preempted: the next one did it again, at least in part. */
        LOST,
        /** The attempt has not ended. */
        OPEN
    }

    /**
     * The attempt, and with it the job.
     *
     * @return its id
     */
    AttemptId attempt();

    /**
     * The queue that pays.
     *
     * @return its name
     */
    String queue();

    /**
     * The user who submitted the job.
     *
     * @return the user's name
     */
    String user();

    /**
     * Model of the devices; CPU and memory of a replica count under the model of its first device.
     *
     * @return the model, {@link #CPU} or {@link #UNKNOWN}
     */
    String deviceModel();

    /**
     * Start of the interval.
     *
     * @return the time, inclusive
     */
    Instant since();

    /**
     * End of the interval.
     *
     * @return the time, exclusive
     */
    Instant until();

    /**
     * Device time.
     *
     * @return devices × milliseconds; 1,000 is one GPU-second
     */
    long deviceMillis();

    /**
     * CPU time asked for.
     *
     * @return thousandths of a core × milliseconds; 1,000,000 is one core-second
     */
    BigInteger cpuMilliMillis();

    /**
     * Memory asked for.
     *
     * @return bytes × milliseconds; 1,000 is one byte-second
     */
    BigInteger memoryByteMillis();

    /**
     * What became of the work.
     *
     * @return the worth
     */
    Worth worth();

    /**
     * Starts a record.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link UsageRecord}. */
    final class Builder extends ImmutableUsageRecord.Builder {}
}
