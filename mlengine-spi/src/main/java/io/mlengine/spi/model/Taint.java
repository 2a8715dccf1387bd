package io.mlengine.spi.model;

/**
 * A mark that keeps replicas off a node unless they tolerate it, as in Kubernetes.
 *
 * @param key what it is about, for example {@code nvidia.com/gpu}
 * @param value its value, may be empty
 * @param effect what it does to replicas that do not tolerate it
 */
public record Taint(String key, String value, Effect effect) {
    /** What a taint does to replicas that do not tolerate it. */
    public enum Effect {
        /** They are not placed on the node. */
        NO_SCHEDULE("NoSchedule"),
        /** They are placed elsewhere when that is possible; no reason to refuse the node. */
        PREFER_NO_SCHEDULE("PreferNoSchedule"),
        /** They are not placed on the node, and those that run there are evicted by the cluster. */
        NO_EXECUTE("NoExecute");

        private final String word;

        Effect(String word) {
            this.word = word;
        }

        /**
         * Spells it as Kubernetes does.
         *
         * @return the word, for example {@code NoSchedule}
         */
        public String word() {
            return word;
        }
    }

    /** Writes it as {@code kubectl} does: {@code key=value:Effect}, without the value when that is empty. */
    @Override
    public String toString() {
        return (value.isEmpty() ? key : key + "=" + value) + ":" + effect.word();
    }
}
