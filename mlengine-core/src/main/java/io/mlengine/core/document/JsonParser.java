package io.mlengine.core.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.document.SourceNode.Entry;
import io.mlengine.core.document.SourceNode.Mapping;
import io.mlengine.core.document.SourceNode.Scalar;
import io.mlengine.core.document.SourceNode.Sequence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Reads JSON from a token stream. */
final class JsonParser {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(TextParser.MOST_LEVELS)
                    .build())
            .build();

    private final SourceText source;
    private final com.fasterxml.jackson.core.JsonParser tokens;
    private final int mostValues;
    private int values;

    private JsonParser(SourceText source, com.fasterxml.jackson.core.JsonParser tokens, int mostValues) {
        this.source = source;
        this.tokens = tokens;
        this.mostValues = mostValues;
    }

    static SourceNode parse(SourceText source, String text, int mostValues) throws RejectedText {
        try (com.fasterxml.jackson.core.JsonParser tokens = FACTORY.createParser(text)) {
            return new JsonParser(source, tokens, mostValues).document();
        } catch (StreamConstraintsException e) {
            throw RejectedText.tooLarge(place(source, e.getLocation()));
        } catch (JsonProcessingException e) {
            throw new RejectedText(ViolationCode.SYNTAX, place(source, e.getLocation()), advice(e));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private SourceNode document() throws IOException, RejectedText {
        if (tokens.nextToken() == null) {
            throw new RejectedText(ViolationCode.EMPTY, source.at(1, 1, 1), "there is no JSON");
        }
        SourceNode root = node();
        if (tokens.nextToken() != null) {
            SourcePosition second = position(tokens.currentTokenLocation(), 1);
            throw new RejectedText(ViolationCode.SEVERAL_DOCUMENTS, second, "put each job in a file of its own");
        }
        return root;
    }

    private SourceNode node() throws IOException, RejectedText {
        JsonLocation start = tokens.currentTokenLocation();
        if (++values > mostValues) {
            throw RejectedText.tooLarge(position(start, 1));
        }
        JsonToken token = tokens.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return mapping(start);
        }
        if (token == JsonToken.START_ARRAY) {
            return sequence(start);
        }
        String text = tokens.getText();
        boolean isText = token == JsonToken.VALUE_STRING;
        return new Scalar(position(start, text.length() + (isText ? 2 : 0)), text, !isText);
    }

    private Mapping mapping(JsonLocation start) throws IOException, RejectedText {
        List<Entry> entries = new ArrayList<>();
        while (tokens.nextToken() == JsonToken.FIELD_NAME) {
            String key = tokens.getText();
            SourcePosition keyPosition = position(tokens.currentTokenLocation(), key.length() + 2);
            tokens.nextToken();
            entries.add(new Entry(key, keyPosition, node()));
        }
        return new Mapping(position(start, 1), entries);
    }

    private Sequence sequence(JsonLocation start) throws IOException, RejectedText {
        List<SourceNode> items = new ArrayList<>();
        while (tokens.nextToken() != JsonToken.END_ARRAY) {
            items.add(node());
        }
        return new Sequence(position(start, 1), items);
    }

    private SourcePosition position(JsonLocation location, int length) {
        return source.at(location.getLineNr(), location.getColumnNr(), length);
    }

    private static SourcePosition place(SourceText source, JsonLocation location) {
        return location == null
                ? source.at(1, 1, 1)
                : source.at(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()), 1);
    }

    private static String advice(JsonProcessingException e) {
        String problem = e.getOriginalMessage();
        // Jackson explains at length what else a factory could allow.
        int more = problem.indexOf('\n');
        String first = more < 0 ? problem : problem.substring(0, more);
        return first.length() > 120 ? first.substring(0, 120) : first;
    }
}
