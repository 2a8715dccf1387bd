package io.mlengine.backend.local.tool;

import java.util.List;

/**
 * How a program ended.
 *
 * @param exitCode its exit code; 128+n after signal n
 * @param isTimedOut whether it was killed because it took too long
 * @param lines what it wrote, at most the last {@link Tool#LINES_KEPT} lines
 */
public record ToolResult(int exitCode, boolean isTimedOut, List<String> lines) {
    /** Copies the lines. */
    public ToolResult {
        lines = List.copyOf(lines);
    }

    /** Whether it ended by itself with exit code 0. */
    public boolean isSuccess() {
        return exitCode == 0 && !isTimedOut;
    }

    /** Everything that was kept, as one text. */
    public String text() {
        return String.join("\n", lines);
    }

    /** The last lines that say something, for error messages. */
    public String tail(int count) {
        List<String> spoken = lines.stream().filter(line -> !line.isBlank()).toList();
        return String.join("\n", spoken.subList(Math.max(0, spoken.size() - count), spoken.size()));
    }
}
