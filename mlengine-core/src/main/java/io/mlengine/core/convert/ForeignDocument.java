package io.mlengine.core.convert;

import io.mlengine.core.admission.FieldPath;
import io.mlengine.core.document.SourceNode;
import io.mlengine.core.document.SourceNode.Mapping;
import io.mlengine.core.document.SourceNode.Scalar;
import io.mlengine.core.document.SourceNode.Sequence;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One document, looked at before it is known what rules there are for it.
 *
 * @param root the document
 * @param path where it stands in a list of documents, else empty
 */
record ForeignDocument(SourceNode root, String path) {
    /** The documents of a text's tree: {@code kubectl get -o yaml} wraps several objects into a list. */
    static Stream<ForeignDocument> of(SourceNode root) {
        return of(root, "");
    }

    private static Stream<ForeignDocument> of(SourceNode root, String path) {
        Optional<Sequence> items = text(root, "kind").equals("List") && root instanceof Mapping list
                ? list.value("items").filter(Sequence.class::isInstance).map(Sequence.class::cast)
                : Optional.empty();
        return items.isEmpty()
                ? Stream.of(new ForeignDocument(root, path))
                : IntStream.range(0, items.get().items().size())
                        .boxed()
                        .flatMap(i -> of(items.get().items().get(i), FieldPath.item(FieldPath.key(path, "items"), i)));
    }

    String kind() {
        return text(root, "kind");
    }

    String apiVersion() {
        return text(root, "apiVersion");
    }

    String name() {
        return root instanceof Mapping mapping
                ? mapping.value("metadata")
                        .map(metadata -> text(metadata, "name"))
                        .orElse("")
                : "";
    }

    /** What people call it. */
    String label() {
        return kind() + (name().isEmpty() ? "" : "/" + name());
    }

    boolean isRuntime() {
        return TrainingRuntime.KINDS.contains(kind());
    }

    /** The document as a value whose findings go to a ledger. */
    ForeignValue value(Ledger ledger) {
        return new ForeignValue(root, new DocumentPlace(label(), path, root.position()), ledger);
    }

    private static String text(SourceNode node, String key) {
        return node instanceof Mapping mapping
                ? mapping.value(key)
                        .filter(value -> value instanceof Scalar scalar && !scalar.isNothing())
                        .map(value -> ((Scalar) value).text())
                        .orElse("")
                : "";
    }
}
