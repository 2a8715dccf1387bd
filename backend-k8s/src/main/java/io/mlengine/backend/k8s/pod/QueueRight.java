package io.mlengine.backend.k8s.pod;

/**
 * What is known about whether pods may use a queue.
 *
 * @param kind what is known
 * @param why for people, empty unless they should hear of it
 */
public record QueueRight(Kind kind, String why) {
    /** They may. */
    public static final QueueRight ALLOWED = new QueueRight(Kind.ALLOWED, "");

    /** Nobody has answered yet. */
    public static final QueueRight ASKED = new QueueRight(Kind.UNKNOWN, "");

    /** The kinds, the worst last. */
    public enum Kind {
        /** They may. */
        ALLOWED,
        /** Not known, so they wait. */
        UNKNOWN,
        /** They may not. */
        REFUSED
    }

    /** Knows who may use which queue. */
    @FunctionalInterface
    public interface Source {
        /**
         * What is known now; never blocks.
         *
         * @param namespace the pods' namespace
         * @param account their service account
         * @param queue the queue
         * @return what is known
         */
        QueueRight of(String namespace, String account, String queue);
    }
}
