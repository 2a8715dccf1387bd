package io.mlengine.backend.k8s.cluster;

/**
 * Where a replica's output is found, and whether more of it may come.
 *
 * @param phase how far the replica is
 * @param namespace the pod's namespace; empty unless it can be asked
 * @param pod the pod's name; empty unless it can be asked
 */
record LogPlace(Phase phase, String namespace, String pod) {
    /** Its program has not been started, as far as is known. */
    static final LogPlace EXPECTED = new LogPlace(Phase.EXPECTED, "", "");

    /** The pod was removed, and its output with it. */
    static final LogPlace REMOVED = new LogPlace(Phase.REMOVED, "", "");

    /** How far a replica is. */
    enum Phase {
        /** It may come. */
        EXPECTED,
        /** Its program has been started. */
        LIVE,
        /** It has ended and its pod is there. */
        ENDED,
        /** Its pod was removed. */
        REMOVED
    }
}
