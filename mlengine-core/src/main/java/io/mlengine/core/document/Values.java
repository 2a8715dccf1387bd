package io.mlengine.core.document;

import io.mlengine.core.admission.FieldPath;
import io.mlengine.core.admission.Suggestions;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.document.SourceNode.Entry;
import io.mlengine.core.document.SourceNode.Sequence;
import io.mlengine.core.document.ValueType.Shape;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The general types of values: texts, numbers, words, lists, maps. */
final class Values {
    static final ValueType<String> TEXT = text(Map.of("type", "string"));
    static final ValueType<Boolean> FLAG = new FlagType();
    static final ValueType<Instant> INSTANT = parsed("a time such as 2026-01-31T12:00:00Z", Instant::toString, text -> {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    });

    /** A number; what JSON has no number for is written as text. */
    static final ValueType<Double> NUMBER = new NumberType();

    private Values() {}

    /** A text; what admission demands of it is told in the schema. */
    static ValueType<String> text(Map<String, Object> schema) {
        return new TextType(schema);
    }

    static ValueType<String> pattern(String pattern, int longest) {
        Map<String, Object> schema = ordered("type", "string", "pattern", "^(" + pattern + ")$");
        schema.put("maxLength", longest);
        return text(schema);
    }

    static ValueType<Integer> integer(int least, int most) {
        return converted(
                whole(least, most, Integer.MIN_VALUE, Integer.MAX_VALUE), Math::toIntExact, Integer::longValue);
    }

    static ValueType<Long> whole(long least, long most) {
        return whole(least, most, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private static ValueType<Long> whole(long least, long most, long smallest, long largest) {
        return new WholeType(least, most, BigInteger.valueOf(smallest), BigInteger.valueOf(largest));
    }

    /** One of an enum's words, in lower case. */
    static <E extends Enum<E>> ValueType<E> word(Class<E> type) {
        return word(List.of(type.getEnumConstants()));
    }

    static <E extends Enum<E>> ValueType<E> word(List<E> constants) {
        return word(constants, constant -> camelCase(constant.name()));
    }

    /** One of some constants, each in a spelling of its own. */
    static <E extends Enum<E>> ValueType<E> word(List<E> constants, Function<E, String> spelling) {
        return new WordType<>(constants, constants.stream().map(spelling).toList());
    }

    private static String camelCase(String name) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            boolean isStart = i > 0 && name.charAt(i - 1) == '_';
            if (name.charAt(i) != '_') {
                out.append(isStart ? name.charAt(i) : Character.toLowerCase(name.charAt(i)));
            }
        }
        return out.toString();
    }

    /** A value that is written as text in a form of its own. */
    static <V> ValueType<V> parsed(String expected, Function<V, String> write, Function<String, Optional<V>> read) {
        return new ParsedType<>(expected, write, read);
    }

    static <V> ValueType<List<V>> list(ValueType<V> items) {
        return new ListType<>(items);
    }

    static <V> ValueType<SortedMap<String, V>> map(ValueType<V> values) {
        return new MapType<>(values);
    }

    /** A type seen as another one that holds the same. */
    static <V, W> ValueType<W> converted(ValueType<V> type, Function<V, W> to, Function<W, V> from) {
        return new ConvertedType<>(type, to, from);
    }

    /** A map whose keys are written as text. */
    static <K, V> ValueType<SortedMap<K, V>> keyed(
            ValueType<SortedMap<String, V>> type, Function<K, String> write, Function<String, K> read) {
        return converted(type, map -> mapped(map, read), map -> mapped(map, write));
    }

    private static <K, L, V> SortedMap<L, V> mapped(SortedMap<K, V> map, Function<K, L> key) {
        SortedMap<L, V> mapped = new TreeMap<>();
        map.forEach((old, value) -> mapped.put(key.apply(old), value));
        return mapped;
    }

    private record NumberType() implements ValueType<Double> {
        @Override
        public Optional<Double> read(SourceNode node, String path, Reading reading) {
            return reading.scalar(node, path, "expected a number").flatMap(scalar -> {
                try {
                    return Optional.of(Double.valueOf(scalar.text()));
                } catch (NumberFormatException e) {
                    return reading.wrongType(path, node, "expected a number");
                }
            });
        }

        @Override
        public Object write(Double value) {
            return Double.isFinite(value) ? (Object) value : value.toString();
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "number");
        }
    }

    private record TextType(Map<String, Object> schema) implements ValueType<String> {
        @Override
        public Optional<String> read(SourceNode node, String path, Reading reading) {
            return reading.scalar(node, path, "expected a text").flatMap(scalar -> {
                if (scalar.isText()) {
                    return Optional.of(scalar.text());
                }
                String advice = "expected a text, write \"" + scalar.text() + "\" in quotes";
                reading.reject(ViolationCode.WRONG_TYPE, path, node.position(), scalar.text(), advice);
                return Optional.empty();
            });
        }

        @Override
        public Object write(String value) {
            return value;
        }
    }

    private record FlagType() implements ValueType<Boolean> {
        @Override
        public Optional<Boolean> read(SourceNode node, String path, Reading reading) {
            return reading.scalar(node, path, "expected true or false")
                    .flatMap(scalar -> scalar.isFlag()
                            ? Optional.of(Boolean.parseBoolean(scalar.text()))
                            : reading.wrongType(path, node, "expected true or false"));
        }

        @Override
        public Object write(Boolean value) {
            return value;
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "boolean");
        }
    }

    private record WholeType(long least, long most, BigInteger smallest, BigInteger largest)
            implements ValueType<Long> {
        @Override
        public Optional<Long> read(SourceNode node, String path, Reading reading) {
            return reading.scalar(node, path, "expected a whole number").flatMap(scalar -> {
                String text = scalar.text();
                if (!scalar.isInteger()) {
                    boolean isQuoted = !scalar.isPlain() && text.matches("-?[0-9]+");
                    String hint = isQuoted ? "expected a whole number, remove the quotes" : "expected a whole number";
                    return reading.wrongType(path, node, hint);
                }
                if (text.matches("[-+]?0[0-9]+")) {
                    // YAML 1.1 reads 010 as eight, YAML 1.2 as ten.
                    String advice = "numbers begin with no 0";
                    reading.reject(ViolationCode.WRONG_TYPE, path, node.position(), text, advice);
                    return Optional.empty();
                }
                BigInteger number = new BigInteger(text.startsWith("+") ? text.substring(1) : text);
                if (number.compareTo(smallest) < 0 || number.compareTo(largest) > 0) {
                    String advice = "this number is too large";
                    reading.reject(ViolationCode.OUT_OF_RANGE, path, node.position(), text, advice);
                    return Optional.empty();
                }
                return Optional.of(number.longValueExact());
            });
        }

        @Override
        public Object write(Long value) {
            return value;
        }

        @Override
        public Map<String, Object> schema() {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "integer");
            if (least != Long.MIN_VALUE) {
                schema.put("minimum", least);
            }
            if (most != Long.MAX_VALUE) {
                schema.put("maximum", most);
            }
            return schema;
        }
    }

    private record WordType<E extends Enum<E>>(List<E> constants, List<String> words) implements ValueType<E> {
        @Override
        public Optional<E> read(SourceNode node, String path, Reading reading) {
            return reading.scalar(node, path, "expected one of " + String.join(", ", words))
                    .flatMap(scalar -> {
                        int index = words.indexOf(scalar.text());
                        if (index >= 0) {
                            return Optional.of(constants.get(index));
                        }
                        String advice = Suggestions.advice(scalar.text(), words);
                        reading.reject(ViolationCode.UNKNOWN_WORD, path, node.position(), scalar.text(), advice);
                        return Optional.empty();
                    });
        }

        @Override
        public Object write(E value) {
            return words.get(constants.indexOf(value));
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("enum", words);
        }
    }

    private record ParsedType<V>(String expected, Function<V, String> format, Function<String, Optional<V>> parse)
            implements ValueType<V> {
        @Override
        public Optional<V> read(SourceNode node, String path, Reading reading) {
            return reading.scalar(node, path, "expected " + expected).flatMap(scalar -> {
                Optional<V> value = parse.apply(scalar.text());
                return value.isPresent() ? value : reading.wrongType(path, node, "expected " + expected);
            });
        }

        @Override
        public Object write(V value) {
            return format.apply(value);
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "string");
        }
    }

    private record ListType<V>(ValueType<V> items) implements ValueType<List<V>> {
        @Override
        public Optional<List<V>> read(SourceNode node, String path, Reading reading) {
            if (!(node instanceof Sequence sequence)) {
                return reading.wrongType(path, node, "expected a list");
            }
            List<V> values = new ArrayList<>();
            for (int i = 0; i < sequence.items().size(); i++) {
                String at = FieldPath.item(path, i);
                SourceNode item = sequence.items().get(i);
                reading.note(at, item.position());
                items.read(item, at, reading).ifPresent(values::add);
            }
            return Optional.of(values);
        }

        @Override
        public Object write(List<V> values) {
            return values.stream().map(items::write).toList();
        }

        @Override
        public Map<String, Object> schema() {
            return ordered("type", "array", "items", items.schema());
        }

        @Override
        public Shape shape() {
            return new Shape(Shape.Kind.LIST, Map.of(), Optional.of(items));
        }
    }

    private record MapType<V>(ValueType<V> values) implements ValueType<SortedMap<String, V>> {
        @Override
        public Optional<SortedMap<String, V>> read(SourceNode node, String path, Reading reading) {
            return reading.entries(node, path, "expected an object").map(entries -> {
                SortedMap<String, V> map = new TreeMap<>();
                for (Entry entry : entries) {
                    String at = FieldPath.key(path, entry.key());
                    reading.noteKey(at, entry.keyPosition());
                    reading.note(at, entry.value().position());
                    values.read(entry.value(), at, reading).ifPresent(value -> map.put(entry.key(), value));
                }
                return map;
            });
        }

        @Override
        public Object write(SortedMap<String, V> map) {
            Map<String, Object> out = new LinkedHashMap<>();
            map.forEach((key, value) -> out.put(key, values.write(value)));
            return out;
        }

        @Override
        public Map<String, Object> schema() {
            return ordered("type", "object", "additionalProperties", values.schema());
        }

        @Override
        public Shape shape() {
            return new Shape(Shape.Kind.MAP, Map.of(), Optional.of(values));
        }
    }

    private record ConvertedType<V, W>(ValueType<V> type, Function<V, W> to, Function<W, V> from)
            implements ValueType<W> {
        @Override
        public Optional<W> read(SourceNode node, String path, Reading reading) {
            return type.read(node, path, reading).map(to);
        }

        @Override
        public Object write(W value) {
            return type.write(from.apply(value));
        }

        @Override
        public Map<String, Object> schema() {
            return type.schema();
        }

        @Override
        public Shape shape() {
            return type.shape();
        }
    }

    /** A map that keeps its order, which {@code Map.of} does not: schemas must come out the same each time. */
    static Map<String, Object> ordered(String key, Object value, String otherKey, Object otherValue) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(key, value);
        map.put(otherKey, otherValue);
        return map;
    }
}
