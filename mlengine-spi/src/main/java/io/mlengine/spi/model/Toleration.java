package io.mlengine.spi.model;

import java.util.Optional;

/**
 * Says that replicas may be placed in spite of some taints, as in Kubernetes.
 *
 * @param key the taints' key; empty for any key
 * @param operator how {@code value} counts
 * @param value the taints' value, for {@link Operator#EQUAL}
 * @param effect the taints' effect; empty for any effect
 */
public record Toleration(String key, Operator operator, String value, Optional<Taint.Effect> effect) {
    /** How the value of a taint is looked at. */
    public enum Operator {
        /** The values are the same. */
        EQUAL("Equal"),
        /** Any value will do. */
        EXISTS("Exists");

        private final String word;

        Operator(String word) {
            this.word = word;
        }

        /**
         * Spells it as Kubernetes does.
         *
         * @return the word, for example {@code Exists}
         */
        public String word() {
            return word;
        }
    }

    /**
     * Tells whether a taint is tolerated. Pure.
     *
     * @param taint a node's taint
     * @return true when key, value and effect match
     */
    public boolean tolerates(Taint taint) {
        return effect.map(taint.effect()::equals).orElse(true)
                && (key.isEmpty() || key.equals(taint.key()))
                && (operator == Operator.EXISTS || value.equals(taint.value()));
    }
}
