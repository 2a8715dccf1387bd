package io.mlengine.core.document;

import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.document.SourceNode.Entry;
import io.mlengine.core.document.SourceNode.Mapping;
import io.mlengine.core.document.SourceNode.Scalar;
import io.mlengine.core.document.SourceNode.Sequence;
import io.mlengine.core.document.ValueType.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One {@code --set path=value}: changes the document's tree before anything is read from it. */
final class Assignment {
    private final SourceText source;
    private final String path;
    private final List<PathSegments.Segment> segments;
    private final String value;
    private final int valueColumn;

    private Assignment(String text) {
        int equals = PathSegments.assignmentIndex(text);
        this.source = new SourceText("--set", text);
        this.path = equals < 0 ? text : text.substring(0, equals);
        this.value = equals < 0 ? "" : text.substring(equals + 1);
        this.valueColumn = (equals < 0 ? text.length() : equals + 1) + 1;
        this.segments = PathSegments.of(path);
    }

    static Assignment of(String text) {
        return new Assignment(text);
    }

    /** The tree with the value set, or why it cannot be. */
    ParsedText apply(SourceNode root) {
        if (valueColumn > path.length() + 1 && !segments.isEmpty()) {
            try {
                return ParsedText.of(set(root, TrainTable.TRAIN, 0));
            } catch (RejectedText rejected) {
                return ParsedText.failed(rejected.violation());
            }
        }
        String advice = "write path=value, for example roles.worker.replicas=4";
        return ParsedText.failed(PlacedViolation.of(
                ViolationCode.UNKNOWN_PATH.at(path, path, advice), source.at(1, 1, Math.max(1, path.length()))));
    }

    private SourceNode set(SourceNode node, ValueType<?> type, int depth) throws RejectedText {
        if (depth == segments.size()) {
            return leaf(type);
        }
        PathSegments.Segment segment = segments.get(depth);
        return switch (type.shape().kind()) {
            case SCALAR -> throw unknown(segment, List.of());
            case OBJECT -> inObject(node, type.shape(), depth);
            case MAP -> inMapping(node, segment, type.shape().items().orElseThrow(), depth);
            case LIST -> inList(node, type.shape().items().orElseThrow(), depth);
            case VARIABLES ->
                node instanceof Sequence sequence
                        ? inVariables(sequence, segment)
                        : inMapping(node, segment, type.shape().items().orElseThrow(), depth);
        };
    }

    private SourceNode inObject(SourceNode node, Shape shape, int depth) throws RejectedText {
        PathSegments.Segment segment = segments.get(depth);
        ValueType<?> field = shape.fields().get(segment.text());
        if (field == null && depth == 0) {
            // `spec.` may be left out.
            segments.add(0, new PathSegments.Segment("spec", 1, 0));
            return inObject(node, shape, 0);
        }
        if (field == null) {
            throw unknown(segment, List.copyOf(shape.fields().keySet()));
        }
        return inMapping(node, segment, field, depth);
    }

    private SourceNode inMapping(SourceNode node, PathSegments.Segment segment, ValueType<?> type, int depth)
            throws RejectedText {
        List<Entry> entries = new ArrayList<>();
        if (node instanceof Mapping mapping) {
            entries.addAll(mapping.entries());
        } else if (node instanceof Scalar scalar && !scalar.isNothing()) {
            // The short form of an object, such as `gpus: 2`, becomes the long one.
            entries.add(new Entry("count", scalar.position(), scalar));
        }
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.key().equals(segment.text())) {
                entries.set(i, new Entry(entry.key(), entry.keyPosition(), set(entry.value(), type, depth + 1)));
                return new Mapping(node.position(), entries);
            }
        }
        SourceNode value = set(nothing(segment), type, depth + 1);
        entries.add(new Entry(segment.text(), place(segment), value));
        return new Mapping(node.position(), entries);
    }

    private SourceNode inList(SourceNode node, ValueType<?> items, int depth) throws RejectedText {
        PathSegments.Segment segment = segments.get(depth);
        List<SourceNode> all =
                node instanceof Sequence sequence ? new ArrayList<>(sequence.items()) : new ArrayList<>();
        List<String> names =
                all.stream().map(Assignment::name).map(name -> name.orElse("")).toList();
        int index =
                segment.text().matches("[0-9]{1,6}") ? Integer.parseInt(segment.text()) : names.indexOf(segment.text());
        if (index < 0
                || index > all.size()
                || (index == all.size() && items.shape().kind() != Shape.Kind.SCALAR)) {
            throw unknown(
                    segment, names.stream().filter(name -> !name.isEmpty()).toList());
        }
        if (index == all.size()) {
            all.add(set(nothing(segment), items, depth + 1));
        } else {
            all.set(index, set(all.get(index), items, depth + 1));
        }
        return new Sequence(node.position(), all);
    }

    private SourceNode inVariables(Sequence sequence, PathSegments.Segment segment) throws RejectedText {
        List<SourceNode> all = new ArrayList<>(sequence.items());
        all.removeIf(item -> name(item).filter(segment.text()::equals).isPresent());
        Scalar name = new Scalar(place(segment), segment.text(), false);
        all.add(new Mapping(
                place(segment),
                List.of(
                        new Entry("name", place(segment), name),
                        new Entry("value", place(segment), leaf(Values.TEXT)))));
        return new Sequence(sequence.position(), all);
    }

    private SourceNode leaf(ValueType<?> type) throws RejectedText {
        SourcePosition position = source.at(1, valueColumn, Math.max(1, value.length()));
        boolean isStructure = value.startsWith("[") || value.startsWith("{");
        if (isStructure && type.shape().kind() != Shape.Kind.SCALAR) {
            ParsedText parsed = TextParser.parse("--set", value);
            if (parsed.root().isEmpty()) {
                throw new RejectedText(ViolationCode.SYNTAX, position, "a list or an object in one line");
            }
            return moved(parsed.root().get(), position);
        }
        // On the command line nobody can tell a quoted number from a plain one: the field's type decides.
        Scalar plain = new Scalar(position, value, true);
        Scalar text = new Scalar(position, value, false);
        return isReadable(type, text) && !isReadable(type, plain) ? text : plain;
    }

    private static boolean isReadable(ValueType<?> type, SourceNode node) {
        Reading trial = new Reading();
        type.read(node, "", trial);
        return trial.violations().isEmpty();
    }

    private static SourceNode moved(SourceNode node, SourcePosition position) {
        Function<SourceNode, SourceNode> move = child -> moved(child, position);
        return switch (node.kind()) {
            case SCALAR -> new Scalar(position, ((Scalar) node).text(), ((Scalar) node).isPlain());
            case SEQUENCE ->
                new Sequence(
                        position, ((Sequence) node).items().stream().map(move).toList());
            case MAPPING ->
                new Mapping(
                        position,
                        ((Mapping) node)
                                .entries().stream()
                                        .map(entry -> new Entry(entry.key(), position, move.apply(entry.value())))
                                        .toList());
        };
    }

    private static Optional<String> name(SourceNode item) {
        return item instanceof Mapping mapping
                ? mapping.value("name").filter(Scalar.class::isInstance).map(name -> ((Scalar) name).text())
                : Optional.empty();
    }

    private SourceNode nothing(PathSegments.Segment segment) {
        return new Scalar(place(segment), "", true);
    }

    private SourcePosition place(PathSegments.Segment segment) {
        return source.at(1, segment.column(), segment.length());
    }

    private RejectedText unknown(PathSegments.Segment segment, List<String> known) {
        String advice =
                known.isEmpty() ? "nothing lies below this field" : ForeignWords.advice(segment.text(), path, known);
        return new RejectedText(
                PlacedViolation.of(ViolationCode.UNKNOWN_PATH.at(path, segment.text(), advice), place(segment)));
    }
}
