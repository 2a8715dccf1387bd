package io.mlengine.spi.backend;

/**
 * Where to begin reading a replica's output.
 *
 * @param lastLines only this many of the lines that exist now; negative for all that are kept
 */
public record LogCursor(int lastLines) {
    /** All that is kept. */
    public static final LogCursor START = new LogCursor(-1);

    /** Only what comes from now on. */
    public static final LogCursor END = new LogCursor(0);

    /**
     * The last lines that exist now.
     *
     * @param lines how many
     * @return the cursor
     */
    public static LogCursor tail(int lines) {
        return new LogCursor(lines);
    }
}
