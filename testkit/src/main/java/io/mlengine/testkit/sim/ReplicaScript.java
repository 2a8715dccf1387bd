package io.mlengine.testkit.sim;

import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.ReplicaId;
import java.time.Duration;
import java.util.Optional;

/**
 * What a simulated replica does.
 *
 * @param prepares how long code and environment take
 * @param startsUp from the start of its process until it is ready
 * @param runs from ready to its end; empty for "until it is stopped"
 * @param exit how it ends by itself
 */
public record ReplicaScript(Duration prepares, Duration startsUp, Optional<Duration> runs, ExitStatus exit) {
    /** Decides what each start of a replica does. */
    @FunctionalInterface
    public interface Author {
        /**
         * Writes a script.
         *
         * @param replica which start
         * @return what it does
         */
        ReplicaScript script(ReplicaId replica);
    }

    /**
     * A replica that works for a while and ends well.
     *
     * @param runs how long
     * @return the script
     */
    public static ReplicaScript succeedsAfter(Duration runs) {
        return new ReplicaScript(Duration.ofMillis(200), Duration.ofMillis(100), Optional.of(runs), ExitStatus.SUCCESS);
    }

    /**
     * A replica that works for a while and ends otherwise.
     *
     * @param runs how long
     * @param exit how it ends
     * @return the script
     */
    public static ReplicaScript failsAfter(Duration runs, ExitStatus exit) {
        return new ReplicaScript(Duration.ofMillis(200), Duration.ofMillis(100), Optional.of(runs), exit);
    }

    /**
     * A replica that works until it is stopped.
     *
     * @return the script
     */
    public static ReplicaScript forever() {
        return new ReplicaScript(
                Duration.ofMillis(200), Duration.ofMillis(100), Optional.empty(), ExitStatus.ofSignal(15));
    }
}
