package io.mlengine.core.document;

import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.document.SourceNode.Entry;
import io.mlengine.core.document.SourceNode.Mapping;
import io.mlengine.core.document.SourceNode.Scalar;
import io.mlengine.core.document.SourceNode.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;

/** Reads YAML from parser events, so that no object is ever made of a tag. Anchors are expanded within a budget. */
final class YamlParser {
    private final SourceText source;
    private final ParserImpl events;
    private final Map<String, SourceNode> anchors = new HashMap<>();
    private final Map<String, Integer> weights = new HashMap<>();
    private int values;

    private YamlParser(SourceText source, String text) {
        this.source = source;
        this.events = new ParserImpl(new StreamReader(text), new LoaderOptions());
    }

    /** Reads the one document of a text. */
    static SourceNode parse(SourceText source, String text) throws RejectedText {
        return read(source, text, YamlParser::document);
    }

    /** Reads all documents of a text; empty ones, as between two separators, are left out. */
    static List<SourceNode> parseAll(SourceText source, String text) throws RejectedText {
        return read(source, text, YamlParser::documents);
    }

    private interface Read<T> {
        T from(YamlParser parser) throws RejectedText;
    }

    private static <T> T read(SourceText source, String text, Read<T> read) throws RejectedText {
        try {
            return read.from(new YamlParser(source, text));
        } catch (ReaderException e) {
            throw new RejectedText(ViolationCode.NOT_TEXT, placeOf(source, text, e), "remove the control character");
        } catch (MarkedYAMLException e) {
            throw new RejectedText(ViolationCode.SYNTAX, place(source, e), advice(e));
        } catch (YAMLException | IndexOutOfBoundsException e) {
            // The scanner lets a few of its own mistakes out, for example for an unfinished escape at the end.
            throw new RejectedText(ViolationCode.SYNTAX, source.at(1, 1, 1), "this is no YAML");
        }
    }

    private SourceNode document() throws RejectedText {
        events.getEvent();
        if (events.checkEvent(Event.ID.StreamEnd)) {
            throw new RejectedText(ViolationCode.EMPTY, source.at(1, 1, 1), "begin with apiVersion: mlengine.io/v1");
        }
        events.getEvent();
        SourceNode root = node(1);
        events.getEvent();
        if (events.checkEvent(Event.ID.DocumentStart)) {
            SourcePosition second = position(events.peekEvent(), 3);
            throw new RejectedText(ViolationCode.SEVERAL_DOCUMENTS, second, "put each job in a file of its own");
        }
        events.getEvent();
        if (root instanceof Scalar scalar && scalar.isNothing()) {
            throw new RejectedText(ViolationCode.EMPTY, root.position(), "begin with apiVersion: mlengine.io/v1");
        }
        return root;
    }

    private List<SourceNode> documents() throws RejectedText {
        List<SourceNode> roots = new ArrayList<>();
        events.getEvent();
        while (!events.checkEvent(Event.ID.StreamEnd)) {
            events.getEvent();
            SourceNode root = node(1);
            events.getEvent();
            if (!(root instanceof Scalar scalar) || !scalar.isNothing()) {
                roots.add(root);
            }
            // An anchor is known in its own document only.
            anchors.clear();
        }
        return roots;
    }

    private SourceNode node(int level) throws RejectedText {
        Event event = events.getEvent();
        int before = values;
        count(1, level, event);
        if (event instanceof AliasEvent alias) {
            return expanded(alias);
        }
        SourceNode node = switch (event.getEventId()) {
            case Scalar -> scalar((ScalarEvent) event);
            case SequenceStart -> sequence((SequenceStartEvent) event, level);
            case MappingStart -> mapping((MappingStartEvent) event, level);
            default -> throw new IllegalStateException("no node begins with " + event);
        };
        String anchor = ((NodeEvent) event).getAnchor();
        if (anchor != null) {
            anchors.put(anchor, node);
            weights.put(anchor, values - before);
        }
        return node;
    }

    private SourceNode expanded(AliasEvent alias) throws RejectedText {
        SourceNode node = anchors.get(alias.getAnchor());
        if (node == null) {
            String advice = "no anchor `&" + alias.getAnchor() + "` is complete before this place";
            throw new RejectedText(
                    ViolationCode.SYNTAX, position(alias, alias.getAnchor().length() + 1), advice);
        }
        count(weights.getOrDefault(alias.getAnchor(), 1) - 1, 0, alias);
        return node;
    }

    private void count(int more, int level, Event event) throws RejectedText {
        values += more;
        if (values > TextParser.MOST_VALUES || level > TextParser.MOST_LEVELS) {
            throw RejectedText.tooLarge(position(event, 1));
        }
    }

    private Scalar scalar(ScalarEvent event) {
        Mark start = event.getStartMark();
        Mark end = event.getEndMark();
        int length = start.getLine() == end.getLine() ? end.getColumn() - start.getColumn() : Integer.MAX_VALUE / 2;
        boolean isPlain = event.getScalarStyle() == ScalarStyle.PLAIN && event.getTag() == null;
        return new Scalar(position(event, length), event.getValue(), isPlain);
    }

    private Sequence sequence(SequenceStartEvent start, int level) throws RejectedText {
        List<SourceNode> items = new ArrayList<>();
        while (!events.checkEvent(Event.ID.SequenceEnd)) {
            items.add(node(level + 1));
        }
        events.getEvent();
        return new Sequence(position(start, 1), items);
    }

    private Mapping mapping(MappingStartEvent start, int level) throws RejectedText {
        List<Entry> entries = new ArrayList<>();
        while (!events.checkEvent(Event.ID.MappingEnd)) {
            SourceNode key = node(level + 1);
            if (!(key instanceof Scalar name)) {
                throw new RejectedText(ViolationCode.SYNTAX, key.position(), "a key must be a word");
            }
            SourceNode value = node(level + 1);
            entries.add(new Entry(name.text(), name.position(), value));
        }
        events.getEvent();
        return new Mapping(position(start, 1), entries);
    }

    private SourcePosition position(Event event, int length) {
        Mark mark = event.getStartMark();
        return source.at(mark.getLine() + 1, mark.getColumn() + 1, length);
    }

    private static SourcePosition place(SourceText source, MarkedYAMLException e) {
        Mark mark = e.getProblemMark() == null || isUnclosed(e) ? e.getContextMark() : e.getProblemMark();
        return mark == null ? source.at(1, 1, 1) : source.at(mark.getLine() + 1, mark.getColumn() + 1, 1);
    }

    private static SourcePosition placeOf(SourceText source, String text, ReaderException e) {
        String before = text.substring(0, Math.min(text.length(), Math.max(0, e.getPosition())));
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        return source.at(line, before.length() - before.lastIndexOf('\n'), 1);
    }

    // The end of the text is the last place to look for a bracket or a quote that is missing.
    private static boolean isUnclosed(MarkedYAMLException e) {
        String problem = String.valueOf(e.getProblem());
        return e.getContextMark() != null && (problem.contains("stream end") || problem.contains("end of stream"));
    }

    private static String advice(MarkedYAMLException e) {
        String problem = e.getProblem() == null ? "this is no YAML" : e.getProblem();
        if (isUnclosed(e)) {
            return "what begins here is never closed";
        }
        if (problem.contains("TAB")) {
            return "indent with spaces, YAML allows no tab here";
        }
        if (problem.contains("mapping values are not allowed")) {
            return "a colon is not allowed here: check the indentation, or put the text in quotes";
        }
        return problem;
    }
}
