package io.mlengine.core.document;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A value of a document together with its place; the same for YAML and JSON, whatever the document is about. */
public sealed interface SourceNode {
    /** The variants. */
    enum Kind {
        /** {@link Scalar}. */
        SCALAR,
        /** {@link Sequence}. */
        SEQUENCE,
        /** {@link Mapping}. */
        MAPPING
    }

    /** Which variant this is, for exhaustive switches. */
    Kind kind();

    /** Where it stands. */
    SourcePosition position();

    /** What people call such a value. */
    String noun();

    /**
     * A text, number, boolean or null.
     *
     * @param position where it stands
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

        /** Whether it is null or empty. */
        public boolean isNothing() {
            return isPlain && NOTHING.matcher(text).matches();
        }

        /** Whether it is true or false. */
        public boolean isFlag() {
            return isPlain && FLAG.matcher(text).matches();
        }

        /** Whether it is a whole number. */
        public boolean isInteger() {
            return isPlain && INTEGER.matcher(text).matches();
        }

        /** Whether it is a number. */
        public boolean isNumber() {
            return isPlain && NUMBER.matcher(text).matches();
        }

        /** Whether it is none of these; what stands in quotes always is a text. */
        public boolean isText() {
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

    /**
     * A list.
     *
     * @param position where it begins
     * @param items its values
     */
    record Sequence(SourcePosition position, List<SourceNode> items) implements SourceNode {
        /** Copies the list. */
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

    /**
     * An object.
     *
     * @param position where it begins
     * @param entries its keys with their values; keys may repeat, the reader reports that
     */
    record Mapping(SourcePosition position, List<Entry> entries) implements SourceNode {
        /** Copies the list. */
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

        /** The value of a key, the first if it repeats. */
        public Optional<SourceNode> value(String key) {
            return entries.stream()
                    .filter(entry -> entry.key().equals(key))
                    .findFirst()
                    .map(Entry::value);
        }
    }

    /**
     * One key of an object with its value.
     *
     * @param key the key
     * @param keyPosition where the key stands
     * @param value its value
     */
    record Entry(String key, SourcePosition keyPosition, SourceNode value) {}
}
