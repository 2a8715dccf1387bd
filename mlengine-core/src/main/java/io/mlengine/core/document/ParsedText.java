package io.mlengine.core.document;

import java.util.List;
import java.util.Optional;

/** What the text of a document says before anybody asks what it means: a tree, or why there is none. */
record ParsedText(Optional<SourceNode> root, List<PlacedViolation> violations) {
    ParsedText {
        violations = List.copyOf(violations);
    }

    static ParsedText of(SourceNode root) {
        return new ParsedText(Optional.of(root), List.of());
    }

    static ParsedText failed(PlacedViolation violation) {
        return new ParsedText(Optional.empty(), List.of(violation));
    }
}
