package io.mlengine.spi.model;

import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;

/**
 * What one label of a node must be, as in a node affinity of Kubernetes.
 *
 * @param key the label
 * @param operator how label and values are compared
 * @param values for {@link Operator#IN} and {@link Operator#NOT_IN} the texts, for {@link Operator#GREATER} and {@link
 *     Operator#LESS} one whole number, else none
 */
public record NodeRequirement(String key, Operator operator, List<String> values) {
    /** How a label and the values are compared. */
    public enum Operator {
        /** The label is one of the values. */
        IN("In"),
        /** The label is none of the values, or is missing. */
        NOT_IN("NotIn"),
        /** The label is there. */
        EXISTS("Exists"),
        /** The label is missing. */
        DOES_NOT_EXIST("DoesNotExist"),
        /** The label is a whole number above the value. */
        GREATER("Gt"),
        /** The label is a whole number below the value. */
        LESS("Lt");

        private final String word;

        Operator(String word) {
            this.word = word;
        }

        /**
         * Spells it as Kubernetes does.
         *
         * @return the word, for example {@code NotIn}
         */
        public String word() {
            return word;
        }
    }

    /** Copies the list. */
    public NodeRequirement {
        values = List.copyOf(values);
    }

    /**
     * Tells whether a node with these labels will do. Pure.
     *
     * @param labels the node's labels
     * @return true when it will
     */
    public boolean isMetBy(SortedMap<String, String> labels) {
        String label = labels.get(key);
        return switch (operator) {
            case IN -> label != null && values.contains(label);
            case NOT_IN -> label == null || !values.contains(label);
            case EXISTS -> label != null;
            case DOES_NOT_EXIST -> label == null;
            case GREATER -> label != null && isOrdered(bound(), label);
            case LESS -> label != null && isOrdered(label, bound());
        };
    }

    private String bound() {
        return values.size() == 1 ? values.get(0) : "";
    }

    private static boolean isOrdered(String smaller, String larger) {
        OptionalLong left = number(smaller);
        OptionalLong right = number(larger);
        return left.isPresent() && right.isPresent() && left.getAsLong() < right.getAsLong();
    }

    private static OptionalLong number(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Writes it as {@code key Operator [value, value]}. */
    @Override
    public String toString() {
        String words = key + " " + operator.word();
        return values.isEmpty() ? words : words + " " + values;
    }
}
