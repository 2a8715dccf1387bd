package io.mlengine.core.document;

import io.mlengine.core.admission.ViolationCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Turns bytes or text into a tree; whatever comes in, what comes out is a tree or a violation. */
final class TextParser {
    static final int MOST_CHARACTERS = 1 << 20;
    static final int MOST_LEVELS = 64;
    static final int MOST_VALUES = 50_000;

    private TextParser() {}

    static ParsedText parse(String name, byte[] bytes) {
        try {
            return parse(
                    name,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
        } catch (CharacterCodingException e) {
            SourcePosition start = new SourceText(name, "").at(1, 1, 1);
            return ParsedText.failed(PlacedViolation.of(
                    ViolationCode.NOT_TEXT.at("", "", "the file must hold YAML or JSON in UTF-8"), start));
        }
    }

    static ParsedText parse(String name, String text) {
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        SourceText source = new SourceText(name, content);
        try {
            if (content.length() > MOST_CHARACTERS) {
                throw RejectedText.tooLarge(source.at(1, 1, 1));
            }
            return ParsedText.of(isJson(content) ? json(source, content) : YamlParser.parse(source, content));
        } catch (RejectedText rejected) {
            return ParsedText.failed(rejected.violation());
        }
    }

    // YAML may begin with a brace too: what is no JSON gets a second chance, and if that fails as well, the complaint
    // about JSON is the one that helps.
    private static SourceNode json(SourceText source, String text) throws RejectedText {
        try {
            return JsonParser.parse(source, text, MOST_VALUES);
        } catch (RejectedText asJson) {
            if (!asJson.violation().violation().code().equals(ViolationCode.SYNTAX.code())) {
                throw asJson;
            }
            try {
                return YamlParser.parse(source, text);
            } catch (RejectedText asYaml) {
                asJson.addSuppressed(asYaml);
                throw asJson;
            }
        }
    }

    private static boolean isJson(String text) {
        String start = text.stripLeading();
        return start.startsWith("{") || start.startsWith("[");
    }
}
