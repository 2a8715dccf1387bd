package io.mlengine.core.document;

import io.mlengine.core.document.SourceNode.Scalar;
import io.mlengine.core.job.MLTrain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads and writes {@code MLTrain} documents. Reading is strict and never throws for what a text holds: everything that
 * is wrong becomes a violation with its place. Immutable.
 *
 * <pre>{@code
 * DocumentResult result = TrainDocument.parse("train.yaml", text).set("roles.worker.replicas=4").read();
 * }</pre>
 */
public final class TrainDocument {
    private final String file;
    private final Optional<SourceNode> root;
    private final List<PlacedViolation> violations;

    private TrainDocument(String file, Optional<SourceNode> root, List<PlacedViolation> violations) {
        this.file = file;
        this.root = root;
        this.violations = List.copyOf(violations);
    }

    /**
     * Parses YAML or JSON.
     *
     * @param file the document's name, for messages
     * @param text the document
     * @return the document
     */
    public static TrainDocument parse(String file, String text) {
        ParsedText parsed = TextParser.parse(file, text);
        return new TrainDocument(file, parsed.root(), parsed.violations());
    }

    /**
     * Parses YAML or JSON in UTF-8.
     *
     * @param file the document's name, for messages
     * @param bytes the document
     * @return the document
     */
    public static TrainDocument parse(String file, byte[] bytes) {
        ParsedText parsed = TextParser.parse(file, bytes);
        return new TrainDocument(file, parsed.root(), parsed.violations());
    }

    /**
     * Sets one field before the document is read, as {@code --set} does. Roles are addressed by name or index, and
     * {@code spec.} may be left out.
     *
     * @param assignment for example {@code roles.worker.replicas=4}
     * @return the document with the field set, or with a violation when there is no such field
     */
    public TrainDocument set(String assignment) {
        if (root.isEmpty()) {
            return this;
        }
        ParsedText changed = Assignment.of(assignment).apply(root.get());
        List<PlacedViolation> all = new ArrayList<>(violations);
        all.addAll(changed.violations());
        return new TrainDocument(file, changed.root().or(() -> root), all);
    }

    /**
     * Reads the job; rules beyond the form are admission's.
     *
     * @return the job, violations and places
     */
    public DocumentResult read() {
        Reading reading = new Reading();
        reading.violations().addAll(violations);
        Optional<MLTrain> train = root.flatMap(node -> {
            reading.note("", node.position());
            return TrainTable.TRAIN.read(node, "", reading);
        });
        return new DocumentResult(file, train, reading.violations(), List.of(), reading.positions(), reading.keys());
    }

    /**
     * Writes a job as YAML; what equals its default is left out.
     *
     * @param train the job
     * @return the document
     */
    public static String yaml(MLTrain train) {
        return TextWriter.yaml(TrainTable.TRAIN.write(train));
    }

    /**
     * Writes a job as indented JSON; what equals its default is left out.
     *
     * @param train the job
     * @return the document
     */
    public static String json(MLTrain train) {
        return TextWriter.json(TrainTable.TRAIN.write(train));
    }

    /**
     * Gives a job as it is written, for documents that hold it; what equals its default is left out.
     *
     * @param train the job
     * @return maps, lists, texts, numbers and booleans, in the order of the document
     */
    public static Map<String, Object> tree(MLTrain train) {
        return TrainTable.TRAIN.write(train);
    }

    /**
     * Tells which kind of document a text is, before it is read.
     *
     * @return the value of {@code kind}, or empty when it has none
     */
    public Optional<String> kind() {
        return root.filter(SourceNode.Mapping.class::isInstance)
                .flatMap(node -> ((SourceNode.Mapping) node).value("kind"))
                .filter(Scalar.class::isInstance)
                .map(node -> ((Scalar) node).text());
    }
}
