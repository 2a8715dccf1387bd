package io.mlengine.backend.k8s.cluster;

import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.ReplicaId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a pod's output, in which each line begins with its time, into lines. A line is cut after {@link #MOST_BYTES}, so
 * that a program that never ends its line costs no memory. What was delivered before an interruption is left out of
 * the part that is read again. Not thread-safe.
 */
final class LogLines {
    /** Longest line that is kept whole. */
    static final int MOST_BYTES = 64 * 1024;

    private static final int MOST_FOR_RULES = 2_048;

    private final ReplicaId replica;
    private byte[] buffer = new byte[512];
    private int length;
    private long offset;
    private @Nullable Instant lastAt;
    private int sameTime;
    private @Nullable Instant skipAt;
    private int toSkip;

    LogLines(ReplicaId replica) {
        this.replica = replica;
    }

    /** The time from which output must be read again after an interruption; null for all. */
    @Nullable
    Instant resumeAt() {
        return lastAt;
    }

    /** What comes now begins at {@link #resumeAt} again. */
    void resume() {
        length = 0;
        skipAt = lastAt;
        toSkip = sameTime;
    }

    void feed(ByteBuffer bytes, Consumer<LogLine> sink) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n') {
                end(sink);
            } else if (length < MOST_BYTES) {
                if (length == buffer.length) {
                    buffer = Arrays.copyOf(buffer, Math.min(MOST_BYTES, 2 * length));
                }
                buffer[length++] = next;
            }
        }
    }

    /** Delivers what came after the last end of a line. */
    void finish(Consumer<LogLine> sink) {
        if (length > 0) {
            end(sink);
        }
    }

    private void end(Consumer<LogLine> sink) {
        String line = new String(buffer, 0, length, StandardCharsets.UTF_8);
        length = 0;
        int space = line.indexOf(' ');
        Instant at = time(space < 0 ? line : line.substring(0, space));
        String text = space < 0 ? "" : line.substring(space + 1);
        if (isKnown(at)) {
            return;
        }
        sameTime = at.equals(lastAt) ? sameTime + 1 : 1;
        lastAt = at;
        offset += text.getBytes(StandardCharsets.UTF_8).length + 1L;
        sink.accept(new LogLine(replica, LogLine.Stream.STDOUT, at, offset, afterReturn(text)));
    }

    /** A progress bar that goes back to the start of its line is its last state. */
    private static String afterReturn(String text) {
        String whole = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        return whole.substring(whole.lastIndexOf('\r') + 1);
    }

    private boolean isKnown(Instant at) {
        Instant until = skipAt;
        if (until == null) {
            return false;
        }
        if (at.isBefore(until)) {
            return true;
        }
        if (at.equals(until) && toSkip > 0) {
            toSkip--;
            return true;
        }
        skipAt = null;
        return false;
    }

    private Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException noTime) {
            return lastAt == null ? Instant.EPOCH : lastAt;
        }
    }

    /** The part of a line that rules look at: a pattern's time may grow with the square of what a program writes. */
    static String forRules(String line) {
        return line.length() <= MOST_FOR_RULES ? line : line.substring(0, MOST_FOR_RULES);
    }
}
