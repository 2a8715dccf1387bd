package io.mlengine.core.document;

import java.util.List;

/**
 * What a text of YAML or JSON holds, of whatever kind: one tree for each document.
 *
 * @param file the text's name
 * @param roots the documents in their order, without empty ones
 * @param violations why the text could not be read; then there are no documents
 */
public record SourceDocuments(String file, List<SourceNode> roots, List<PlacedViolation> violations) {
    /** Copies the lists. */
    public SourceDocuments {
        roots = List.copyOf(roots);
        violations = List.copyOf(violations);
    }

    /**
     * Parses YAML, with {@code ---} between documents, or JSON, in UTF-8. Never throws for what a text holds.
     *
     * @param file the text's name, for messages
     * @param bytes the text
     * @return the documents, or why there are none
     */
    public static SourceDocuments parse(String file, byte[] bytes) {
        try {
            return new SourceDocuments(file, TextParser.parseAll(file, bytes), List.of());
        } catch (RejectedText rejected) {
            return new SourceDocuments(file, List.of(), List.of(rejected.violation()));
        }
    }
}
