package io.mlengine.core.document;

import io.mlengine.core.admission.ViolationCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Turns bytes or text into a tree; whatever comes in, what comes out is a tree or a violation. */
final class TextParser {
    static final int MOST_CHARACTERS = 1 << 20;
    static final int MOST_LEVELS = 64;
    static final int MOST_VALUES = 50_000;

    private TextParser() {}

    /** How a text of known form becomes one tree, or several. */
    private interface Parser<T> {
        T parse(SourceText source, String text) throws RejectedText;
    }

    static ParsedText parse(String name, byte[] bytes) {
        try {
            return parse(name, decoded(name, bytes));
        } catch (RejectedText rejected) {
            return ParsedText.failed(rejected.violation());
        }
    }

    static ParsedText parse(String name, String text) {
        try {
            return ParsedText.of(read(name, text, TextParser::json, YamlParser::parse));
        } catch (RejectedText rejected) {
            return ParsedText.failed(rejected.violation());
        }
    }

    /** Reads a text that may hold any number of documents. */
    static List<SourceNode> parseAll(String name, byte[] bytes) throws RejectedText {
        Parser<List<SourceNode>> json = (source, text) -> List.of(json(source, text));
        return read(name, decoded(name, bytes), json, YamlParser::parseAll);
    }

    private static <T> T read(String name, String text, Parser<T> json, Parser<T> yaml) throws RejectedText {
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        SourceText source = new SourceText(name, content);
        if (content.length() > MOST_CHARACTERS) {
            throw RejectedText.tooLarge(source.at(1, 1, 1));
        }
        return isJson(content) ? jsonOrYaml(source, content, json, yaml) : yaml.parse(source, content);
    }

    // YAML may begin with a brace too: what is no JSON gets a second chance, and if that fails as well, the complaint
    // about JSON is the one that helps.
    private static <T> T jsonOrYaml(SourceText source, String text, Parser<T> json, Parser<T> yaml)
            throws RejectedText {
        try {
            return json.parse(source, text);
        } catch (RejectedText asJson) {
            if (!asJson.violation().violation().code().equals(ViolationCode.SYNTAX.code())) {
                throw asJson;
            }
            try {
                return yaml.parse(source, text);
            } catch (RejectedText asYaml) {
                asJson.addSuppressed(asYaml);
                throw asJson;
            }
        }
    }

    private static SourceNode json(SourceText source, String text) throws RejectedText {
        return JsonParser.parse(source, text, MOST_VALUES);
    }

    private static String decoded(String name, byte[] bytes) throws RejectedText {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RejectedText(
                    ViolationCode.NOT_TEXT,
                    new SourceText(name, "").at(1, 1, 1),
                    "the file must hold YAML or JSON in UTF-8");
        }
    }

    private static boolean isJson(String text) {
        String start = text.stripLeading();
        return start.startsWith("{") || start.startsWith("[");
    }
}
