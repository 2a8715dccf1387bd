package io.mlengine.cli.terminal;

import java.io.PrintStream;
import java.util.List;

/**
 * Keeps a block of lines at the bottom of a terminal and rewrites only lines that changed. The lines must fit the
 * terminal's width and be fewer than its height. Not thread-safe.
 */
public final class LiveScreen {
    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String SHOW_CURSOR = "\u001b[?25h";
    private static final String CLEAR_LINE = "\u001b[2K";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final PrintStream out;
    private List<String> shown = List.of();
    private boolean open;

    /** Draws on a terminal. */
    public LiveScreen(PrintStream out) {
        this.out = out;
    }

    /** Shows a new state of the block. */
    public void draw(List<String> lines) {
        StringBuilder text = new StringBuilder();
        if (!open) {
            text.append(HIDE_CURSOR);
            open = true;
        }
        if (lines.equals(shown)) {
            return;
        }
        if (!shown.isEmpty()) {
            text.append("\u001b[").append(shown.size()).append("A");
        }
        for (int i = 0; i < lines.size(); i++) {
            boolean same = i < shown.size() && shown.get(i).equals(lines.get(i));
            text.append('\r');
            if (!same) {
                text.append(CLEAR_LINE).append(lines.get(i));
            }
            text.append('\n');
        }
        if (lines.size() < shown.size()) {
            text.append(CLEAR_BELOW);
        }
        write(text);
        shown = List.copyOf(lines);
    }

    /** Writes lines that stay, above the block. */
    public void printAbove(List<String> lines) {
        List<String> block = shown;
        erase();
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line).append('\n'));
        write(text);
        draw(block);
    }

    /** Forgets what is on the screen, for example after the terminal changed its size. */
    public void redraw() {
        List<String> block = shown;
        erase();
        draw(block);
    }

    /** Removes the block and gives the cursor back. Calling it again does nothing. */
    public void close() {
        if (open) {
            erase();
            write(new StringBuilder(SHOW_CURSOR));
            open = false;
        }
    }

    private void erase() {
        if (!shown.isEmpty()) {
            write(new StringBuilder("\u001b[")
                    .append(shown.size())
                    .append("A\r")
                    .append(CLEAR_BELOW));
            shown = List.of();
        }
    }

    private void write(StringBuilder text) {
        out.print(text);
        out.flush();
    }
}
