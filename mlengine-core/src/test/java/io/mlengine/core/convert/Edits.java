package io.mlengine.core.convert;

import io.mlengine.core.admission.FieldPath;
import io.mlengine.core.document.SourceDocuments;
import io.mlengine.core.document.SourceNode;
import io.mlengine.core.document.SourceNode.Entry;
import io.mlengine.core.document.SourceNode.Mapping;
import io.mlengine.core.document.SourceNode.Scalar;
import io.mlengine.core.document.SourceNode.Sequence;
import io.mlengine.core.document.SourcePosition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Places of a YAML text where a value can be replaced or a field added without harm to the text around it. */
final class Edits {
    private final String text;
    private final List<Leaf> leaves = new ArrayList<>();
    private final List<Room> rooms = new ArrayList<>();

    private Edits(String text) {
        this.text = text;
        SourceDocuments.parse("job.yaml", text.getBytes(StandardCharsets.UTF_8))
                .roots()
                .forEach(root -> collect(root, ""));
    }

    /** A value. */
    record Leaf(String text, String path, int from, int to) {
        String replacedBy(String value) {
            return text.substring(0, from) + value + text.substring(to);
        }
    }

    /** An object with at least one field. */
    record Room(String text, String path, int at, boolean isFlow, int column) {
        String with(String key, String value) {
            String field = key + ": " + value + (isFlow ? ", " : "\n" + " ".repeat(column - 1));
            return text.substring(0, at) + field + text.substring(at);
        }
    }

    static List<Leaf> leaves(String text) {
        return new Edits(text).leaves;
    }

    static List<Room> rooms(String text) {
        return new Edits(text).rooms;
    }

    private void collect(SourceNode node, String path) {
        if (node instanceof Mapping mapping && !mapping.entries().isEmpty()) {
            SourcePosition first = mapping.entries().get(0).keyPosition();
            boolean isFlow = text.charAt(offset(mapping.position())) == '{';
            rooms.add(new Room(text, path, offset(first), isFlow, first.column()));
            for (Entry entry : mapping.entries()) {
                collect(entry.value(), FieldPath.key(path, entry.key()));
            }
        } else if (node instanceof Sequence sequence) {
            for (int i = 0; i < sequence.items().size(); i++) {
                collect(sequence.items().get(i), FieldPath.item(path, i));
            }
        } else if (node instanceof Scalar scalar
                && !scalar.isNothing()
                && !scalar.text().contains("\n")) {
            int from = offset(node.position());
            leaves.add(new Leaf(text, path, from, from + node.position().length()));
        }
    }

    private int offset(SourcePosition position) {
        int start = 0;
        for (int i = 1; i < position.line(); i++) {
            start = text.indexOf('\n', start) + 1;
        }
        return start + position.column() - 1;
    }
}
