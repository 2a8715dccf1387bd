package io.mlengine.core.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.StreamReader;

/** Writes trees of maps, lists, texts, numbers and booleans. */
final class TextWriter {
    private static final JsonFactory JSON = new JsonFactory();

    private TextWriter() {}

    static String yaml(Object tree) {
        DumperOptions options = new DumperOptions();
        options.setSplitLines(false);
        options.setLineBreak(DumperOptions.LineBreak.UNIX);
        options.setIndicatorIndent(2);
        options.setIndentWithIndicator(true);
        StringWriter out = new StringWriter();
        new Yaml(options).serialize(node(tree), out);
        return out.toString();
    }

    static String json(Object tree) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                        .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                        .withObjectEmptySeparator("")
                        .withArrayEmptySeparator(""))
                .withObjectIndenter(indenter)
                .withArrayIndenter(indenter);
        return json(tree, printer) + "\n";
    }

    static String compactJson(Object tree) {
        return json(tree, null);
    }

    private static String json(Object tree, @org.jspecify.annotations.Nullable DefaultPrettyPrinter printer) {
        StringWriter out = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(out)) {
            if (printer != null) {
                generator.setPrettyPrinter(printer);
            }
            write(tree, generator);
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory", e);
        }
        return out.toString();
    }

    private static void write(Object tree, JsonGenerator out) throws IOException {
        if (tree instanceof Map<?, ?> map) {
            out.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.writeFieldName(String.valueOf(entry.getKey()));
                write(entry.getValue(), out);
            }
            out.writeEndObject();
        } else if (tree instanceof List<?> list) {
            out.writeStartArray();
            for (Object item : list) {
                write(item, out);
            }
            out.writeEndArray();
        } else if (tree instanceof Double number) {
            out.writeNumber(number);
        } else if (tree instanceof Number number) {
            out.writeNumber(number.longValue());
        } else if (tree instanceof Boolean flag) {
            out.writeBoolean(flag);
        } else {
            out.writeString(tree.toString());
        }
    }

    private static Node node(Object tree) {
        if (tree instanceof Map<?, ?> map) {
            List<NodeTuple> tuples = new ArrayList<>();
            map.forEach((key, value) -> tuples.add(new NodeTuple(text(String.valueOf(key)), node(value))));
            return new MappingNode(Tag.MAP, tuples, tuples.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
        }
        if (tree instanceof List<?> list) {
            List<Node> items = list.stream().map(TextWriter::node).toList();
            // A command reads better on one line.
            boolean isFlat = list.stream().noneMatch(item -> item instanceof Map || item instanceof List);
            return new SequenceNode(Tag.SEQ, items, isFlat ? FlowStyle.FLOW : FlowStyle.BLOCK);
        }
        if (tree instanceof Double) {
            return new ScalarNode(Tag.FLOAT, tree.toString(), null, null, ScalarStyle.PLAIN);
        }
        if (tree instanceof Number) {
            return new ScalarNode(Tag.INT, tree.toString(), null, null, ScalarStyle.PLAIN);
        }
        if (tree instanceof Boolean) {
            return new ScalarNode(Tag.BOOL, tree.toString(), null, null, ScalarStyle.PLAIN);
        }
        return text(tree.toString());
    }

    // Double quotes can hold everything; plain text is for what every reader takes for a text.
    private static ScalarNode text(String text) {
        boolean isSimple = !text.isEmpty()
                && StreamReader.isPrintable(text)
                && text.chars().noneMatch(c -> c < ' ' || c > 0x7e)
                && looksLikeText(text);
        return new ScalarNode(Tag.STR, text, null, null, isSimple ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED);
    }

    private static boolean looksLikeText(String text) {
        return new SourceNode.Scalar(new SourcePosition("", 1, 1, 1, ""), text, true).isText();
    }
}
