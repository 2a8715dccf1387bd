package io.mlengine.core.document;

import java.util.Map;
import java.util.Optional;

/** How one kind of value is read from a document, written to it, and described in the schema. */
interface ValueType<V> {
    /** Reads a value; empty after a violation was reported. */
    Optional<V> read(SourceNode node, String path, Reading reading);

    /** Writes a value as map, list, text, number or boolean. */
    Object write(V value);

    /** The value's JSON Schema. */
    Map<String, Object> schema();

    /** What lies below this type, for {@code --set} and for the search of misplaced fields. */
    default Shape shape() {
        return Shape.SCALAR;
    }

    /** The structure of a type, as far as a path can go into it. */
    record Shape(Kind kind, Map<String, ValueType<?>> fields, Optional<ValueType<?>> items) {
        static final Shape SCALAR = new Shape(Kind.SCALAR, Map.of(), Optional.empty());

        enum Kind {
            /** No path goes further. */
            SCALAR,
            /** Known keys. */
            OBJECT,
            /** Any key. */
            MAP,
            /** Indexes, or names of items. */
            LIST,
            /** A list of name and value that may be written as a map. */
            VARIABLES
        }
    }
}
