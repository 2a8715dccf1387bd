package io.mlengine.backend.local.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into lines. A progress bar that goes back with {@code \r} is its last state, bytes that are
 * not UTF-8 become replacement characters, and a line longer than {@link #MOST_BYTES} is cut, so that a program that
 * never ends its line costs no memory.
 */
final class LineSplitter {
    /** Longest line that is kept whole. */
    static final int MOST_BYTES = 64 * 1024;

    /** Takes lines. */
    interface Sink {
        /**
         * Takes a line.
         *
         * @param text the line without its end
         * @param offset position after its end
         */
        void line(String text, long offset);
    }

    private byte[] buffer = new byte[256];
    private int length;
    private long dropped;
    private boolean returned;
    private boolean begun;
    private long offset;

    LineSplitter(long offset) {
        this.offset = offset;
    }

    /** Position after the last byte fed. */
    long offset() {
        return offset;
    }

    void feed(byte[] bytes, int from, int count, Sink sink) {
        for (int i = from; i < from + count; i++) {
            byte next = bytes[i];
            offset++;
            if (next == '\n') {
                end(sink);
            } else {
                begun = true;
                if (next == '\r') {
                    returned = true;
                    continue;
                }
                if (returned) {
                    clear();
                }
                keep(next);
            }
        }
    }

    /** Delivers what came after the last end of a line. */
    void finish(Sink sink) {
        if (begun) {
            end(sink);
        }
    }

    private void keep(byte next) {
        if (length == MOST_BYTES) {
            dropped++;
            return;
        }
        if (length == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.min(MOST_BYTES, 2 * length));
        }
        buffer[length++] = next;
    }

    private void end(Sink sink) {
        String text = new String(buffer, 0, length, StandardCharsets.UTF_8);
        sink.line(dropped == 0 ? text : text + " [line cut, " + dropped + " more bytes]", offset);
        clear();
        begun = false;
    }

    private void clear() {
        length = 0;
        dropped = 0;
        returned = false;
    }
}
