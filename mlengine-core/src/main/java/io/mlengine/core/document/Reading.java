package io.mlengine.core.document;

import io.mlengine.core.admission.FieldPath;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.document.SourceNode.Entry;
import io.mlengine.core.document.SourceNode.Mapping;
import io.mlengine.core.document.SourceNode.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One pass over a document: collects violations and remembers where each field stands. */
final class Reading {
    private final List<PlacedViolation> violations = new ArrayList<>();
    private final Map<String, SourcePosition> positions = new HashMap<>();
    private final Map<String, SourcePosition> keys = new HashMap<>();

    List<PlacedViolation> violations() {
        return violations;
    }

    Map<String, SourcePosition> positions() {
        return positions;
    }

    Map<String, SourcePosition> keys() {
        return keys;
    }

    void noteKey(String path, SourcePosition position) {
        keys.putIfAbsent(path, position);
    }

    void note(String path, SourcePosition position) {
        positions.putIfAbsent(path, position);
    }

    void reject(ViolationCode code, String path, SourcePosition position, String found, String advice) {
        violations.add(PlacedViolation.of(code.at(path, found, advice), position));
    }

    /** Reports a value of another type than expected. */
    <V> Optional<V> wrongType(String path, SourceNode node, String expected) {
        String found = node instanceof Scalar scalar ? scalar.text() : node.noun();
        reject(ViolationCode.WRONG_TYPE, path, node.position(), found, expected + ", this is " + node.noun());
        return Optional.empty();
    }

    Optional<Scalar> scalar(SourceNode node, String path, String expected) {
        return node instanceof Scalar scalar && !scalar.isNothing()
                ? Optional.of(scalar)
                : wrongType(path, node, expected);
    }

    /** The entries of an object, each key once. */
    Optional<List<Entry>> entries(SourceNode node, String path, String expected) {
        if (!(node instanceof Mapping mapping)) {
            return wrongType(path, node, expected);
        }
        Set<String> seen = new HashSet<>();
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : mapping.entries()) {
            if (seen.add(entry.key())) {
                entries.add(entry);
            } else {
                String advice = "`" + entry.key() + "` stands here twice, remove one";
                String at = FieldPath.key(path, entry.key());
                reject(ViolationCode.DUPLICATE_KEY, at, entry.keyPosition(), entry.key(), advice);
            }
        }
        return Optional.of(entries);
    }
}
