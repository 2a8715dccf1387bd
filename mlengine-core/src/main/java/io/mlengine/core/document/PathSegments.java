package io.mlengine.core.document;

import java.util.ArrayList;
import java.util.List;

/** Takes paths such as {@code roles.worker.env.NAME} or {@code metadata.labels["example.org/team"]} apart. */
final class PathSegments {
    private PathSegments() {}

    /** One step of a path, with its place in the text. */
    record Segment(String text, int column, int length) {}

    /** Where the equals sign of an assignment stands, outside brackets; -1 without one. */
    static int assignmentIndex(String text) {
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '=' && !quoted) {
                return i;
            }
        }
        return -1;
    }

    static List<Segment> of(String path) {
        List<Segment> segments = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        int start = 0;
        boolean quoted = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (quoted || (c != '.' && c != '[' && c != ']')) {
                if (quoted && c == '\\' && i + 1 < path.length()) {
                    i++;
                }
                word.append(path.charAt(i));
                continue;
            }
            if (!quoted && c != '"') {
                add(segments, word, start, i);
                start = i + 1;
            }
        }
        add(segments, word, start, path.length());
        return segments;
    }

    private static void add(List<Segment> segments, StringBuilder word, int start, int end) {
        if (!word.isEmpty()) {
            segments.add(new Segment(word.toString(), start + 1, Math.max(1, end - start)));
            word.setLength(0);
        }
    }
}
