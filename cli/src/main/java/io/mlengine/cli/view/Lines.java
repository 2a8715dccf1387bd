package io.mlengine.cli.view;

import io.mlengine.cli.terminal.Cells;
import io.mlengine.cli.terminal.Style;
import io.mlengine.spi.backend.LogLine;
import java.util.ArrayList;
import java.util.List;

/** Breaks and joins lines. */
public final class Lines {
    private Lines() {}

    /** Breaks a text at spaces; lines after the first are indented. */
    static List<String> wrap(String text, int width, String indent) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (!line.isEmpty() && Cells.width(line.toString()) + 1 + Cells.width(word) > width) {
                lines.add(line.toString());
                line = new StringBuilder(indent);
            } else if (!line.isEmpty()) {
                line.append(' ');
            }
            line.append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** A table with columns as wide as needed; the last one is not padded. */
    public static List<String> table(List<List<String>> rows, Style style) {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int width = Cells.width(row.get(i));
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(widths.get(i), width));
                }
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                boolean last = i == row.size() - 1;
                line.append(last ? row.get(i) : Cells.pad(row.get(i), widths.get(i), style) + "  ");
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** A line of a log with its prefix, free of control characters. */
    public static String log(LogLine line, boolean timestamps, Style style) {
        String prefix = line.replica().key() + " " + style.bar() + " ";
        return (timestamps ? line.at() + " " : "") + style.dim(prefix) + Cells.clean(line.text());
    }
}
