package io.mlengine.core.job;

import java.time.Instant;

/**
 * One condition of a job in Kubernetes' form.
 *
 * @param type which
 * @param isTrue whether it holds
 * @param reason short word, never empty
 * @param message one sentence for people, or empty
 * @param lastTransitionTime when it last began or ceased to hold
 */
public record Condition(Type type, boolean isTrue, String reason, String message, Instant lastTransitionTime) {
    /** The conditions, as Kubeflow names them. */
    public enum Type {
        /** The job was accepted. */
        CREATED("Created"),
        /** It waits. */
        QUEUED("Queued"),
        /** It runs, maybe while it changes its size. */
        RUNNING("Running"),
        /** A failed attempt drains. */
        RESTARTING("Restarting"),
        /** It is held back. */
        SUSPENDED("Suspended"),
        /** It ended well. */
        SUCCEEDED("Succeeded"),
        /** It ended otherwise; a cancelled job has failed with the reason {@code Cancelled}. */
        FAILED("Failed");

        private final String text;

        Type(String text) {
            this.text = text;
        }

        /**
         * The name in a document.
         *
         * @return for example {@code Running}
         */
        public String text() {
            return text;
        }
    }

    /**
     * The status in a document.
     *
     * @return {@code True} or {@code False}
     */
    public String status() {
        return isTrue ? "True" : "False";
    }
}
