package io.mlengine.core.document;

import io.mlengine.core.admission.Redaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A text that values were read from, for showing its lines. Used by one thread. */
final class SourceText {
    private static final int LONGEST_LINE = 160;

    private final String name;
    private final List<String> lines;
    private final Map<Integer, String> shown = new HashMap<>();

    SourceText(String name, String text) {
        this.name = name;
        this.lines = text.lines().toList();
    }

    /** The place of something in this text; lines and columns count from 1. */
    SourcePosition at(int line, int column, int length) {
        // Each value asks for its line: in a document on one line that must not cost its length each time.
        String text = shown.computeIfAbsent(line, this::shown);
        boolean isVisible = column <= text.length() + 1;
        int rest = Math.max(1, text.length() - column + 1);
        return new SourcePosition(name, line, column, Math.max(1, Math.min(length, rest)), isVisible ? text : "");
    }

    private String shown(int line) {
        // A document on one long line would bury the message.
        if (line > lines.size() || lines.get(line - 1).length() > LONGEST_LINE) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        Redaction.of(lines.get(line - 1)).chars().forEach(c -> out.append(printable((char) c)));
        return out.toString();
    }

    private static char printable(char c) {
        if (c == '\t') {
            return ' ';
        }
        return Character.isISOControl(c) ? '?' : c;
    }
}
