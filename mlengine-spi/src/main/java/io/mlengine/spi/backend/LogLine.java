package io.mlengine.spi.backend;

import io.mlengine.spi.model.ReplicaId;
import java.time.Instant;

/**
 * One line of a replica's output.
 *
 * @param replica who wrote it
 * @param stream which stream
 * @param at when it arrived
 * @param offset position after the line in its stream, in bytes since the replica's start
 * @param text the line without its end
 */
public record LogLine(ReplicaId replica, Stream stream, Instant at, long offset, String text) {
    /** The streams of a process. */
    public enum Stream {
        /** Standard output. */
        STDOUT,
        /** Standard error. */
        STDERR
    }
}
