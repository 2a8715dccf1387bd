package io.mlengine.core.document;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A value of a document together with its place; the same for YAML and JSON. */
sealed interface SourceNode {
    /** The variants. */
    enum Kind {
        SCALAR,
        SEQUENCE,
        MAPPING
    }

    Kind kind();

    SourcePosition position();

    /** What people call such a value. */
    String noun();

    /**
     * A text, number, boolean or null.
     *
     * @param text as written, without quotes
     * @param isPlain whether it stood without quotes, so that its form tells its type
     */
    record Scalar(SourcePosition position, String text, boolean isPlain) implements SourceNode {
        private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+");
        private static final Pattern NUMBER = Pattern.compile(
                "[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN)");
        private static final Pattern FLAG = Pattern.compile("true|false|True|False|TRUE|FALSE");
        private static final Pattern NOTHING = Pattern.compile("|~|null|Null|NULL");

        @Override
        public Kind kind() {
            return Kind.SCALAR;
        }

        boolean isNothing() {
            return isPlain && NOTHING.matcher(text).matches();
        }

        boolean isFlag() {
            return isPlain && FLAG.matcher(text).matches();
        }

        boolean isInteger() {
            return isPlain && INTEGER.matcher(text).matches();
        }

        boolean isNumber() {
            return isPlain && NUMBER.matcher(text).matches();
        }

        boolean isText() {
            return !isNothing() && !isFlag() && !isNumber();
        }

        @Override
        public String noun() {
            if (isNothing()) {
                return "nothing";
            }
            if (isFlag()) {
                return "true or false";
            }
            return isNumber() ? "a number" : "a text";
        }
    }

    /** A list. */
    record Sequence(SourcePosition position, List<SourceNode> items) implements SourceNode {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public Kind kind() {
            return Kind.SEQUENCE;
        }

        @Override
        public String noun() {
            return "a list";
        }
    }

    /** An object; keys may repeat, the reader reports that. */
    record Mapping(SourcePosition position, List<Entry> entries) implements SourceNode {
        public Mapping {
            entries = List.copyOf(entries);
        }

        @Override
        public Kind kind() {
            return Kind.MAPPING;
        }

        @Override
        public String noun() {
            return "an object";
        }

        Optional<SourceNode> value(String key) {
            return entries.stream()
                    .filter(entry -> entry.key().equals(key))
                    .findFirst()
                    .map(Entry::value);
        }
    }

    /** One key of an object with its value. */
    record Entry(String key, SourcePosition keyPosition, SourceNode value) {}
}
