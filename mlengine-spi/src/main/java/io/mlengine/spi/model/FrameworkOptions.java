package io.mlengine.spi.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Framework options as the user wrote them. A value is a {@code String}, {@code Long}, {@code Double}, {@code Boolean}
 * or a {@code List<String>}; the launcher's {@code OptionSchema} says which one each option is, and admission has
 * checked it before a launcher reads it.
 *
 * @param values option name to value
 */
public record FrameworkOptions(SortedMap<String, Object> values) {
    /** No option set. */
    public static final FrameworkOptions EMPTY = new FrameworkOptions(Collections.emptySortedMap());

    /** Copies the map and checks the values' types. */
    public FrameworkOptions {
        TreeMap<String, Object> copy = new TreeMap<>();
        values.forEach((name, value) -> copy.put(name, checked(name, value)));
        values = Collections.unmodifiableSortedMap(copy);
    }

    /**
     * Returns options from a map of any order.
     *
     * @param values option name to value
     * @return the options
     */
    public static FrameworkOptions of(Map<String, ?> values) {
        return new FrameworkOptions(new TreeMap<>(values));
    }

    /**
     * Reads a text option.
     *
     * @param name the option
     * @return its text, or empty when it is not set
     */
    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(Object::toString);
    }

    /**
     * Reads a whole number.
     *
     * @param name the option
     * @return the number, or empty when it is not set or no whole number
     */
    public OptionalLong integer(String name) {
        return values.get(name) instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
    }

    /**
     * Reads a switch.
     *
     * @param name the option
     * @return true when it is set to true
     */
    public boolean flag(String name) {
        return Boolean.TRUE.equals(values.get(name));
    }

    /**
     * Reads a list.
     *
     * @param name the option
     * @return the words, empty when it is not set
     */
    public List<String> list(String name) {
        return values.get(name) instanceof List<?> words
                ? words.stream().map(Object::toString).toList()
                : List.of();
    }

    private static Object checked(String name, Object value) {
        if (value instanceof Integer number) {
            return number.longValue();
        }
        if (value instanceof List<?> words) {
            return List.copyOf(words.stream().map(Object::toString).toList());
        }
        if (value instanceof String || value instanceof Long || value instanceof Double || value instanceof Boolean) {
            return value;
        }
        throw new IllegalArgumentException("option " + name + " has an unsupported type "
                + value.getClass().getName());
    }
}
