package io.mlengine.core.document;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * One row of a field table.
 *
 * @param name the key in the document
 * @param type how its value is read and written
 * @param description what it means, one sentence
 * @param need what holds when it is left out
 * @param fallback its value then; for a required field what stands in for it so that the rest can be judged,
 *     or empty when there is no model without it
 * @param read how it is taken from the model; empty when there is nothing to write
 */
record Field<T, V>(
        String name,
        ValueType<V> type,
        String description,
        Need need,
        Optional<V> fallback,
        Function<T, Optional<V>> read) {
    /** Whether a field may be left out. */
    enum Need {
        REQUIRED,
        DEFAULTED,
        OPTIONAL
    }

    static <T, V> Field<T, V> required(
            String name, ValueType<V> type, String description, Function<T, V> read, V placeholder) {
        return new Field<>(
                name,
                type,
                description,
                Need.REQUIRED,
                Optional.of(placeholder),
                model -> Optional.of(read.apply(model)));
    }

    /** A required field that nothing can stand in for: without it there is no model. */
    static <T, V> Field<T, V> mandatory(String name, ValueType<V> type, Function<T, V> read) {
        return new Field<>(name, type, "", Need.REQUIRED, Optional.empty(), model -> Optional.of(read.apply(model)));
    }

    static <T, V> Field<T, V> defaulted(
            String name, ValueType<V> type, String description, Function<T, V> read, V fallback) {
        return new Field<>(
                name,
                type,
                description,
                Need.DEFAULTED,
                Optional.of(fallback),
                model -> Optional.of(read.apply(model)).filter(value -> !value.equals(fallback)));
    }

    static <T, V> Field<T, V> optional(
            String name, ValueType<V> type, String description, Function<T, Optional<V>> read) {
        return new Field<>(name, type, description, Need.OPTIONAL, Optional.empty(), read);
    }

    static <T> Field<T, Integer> optionalInt(
            String name, ValueType<Integer> type, String description, Function<T, OptionalInt> read) {
        return optional(name, type, description, model -> {
            OptionalInt value = read.apply(model);
            return value.isPresent() ? Optional.of(value.getAsInt()) : Optional.empty();
        });
    }

    static <T> Field<T, Long> optionalLong(
            String name, ValueType<Long> type, String description, Function<T, OptionalLong> read) {
        return optional(name, type, description, model -> {
            OptionalLong value = read.apply(model);
            return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
        });
    }
}
