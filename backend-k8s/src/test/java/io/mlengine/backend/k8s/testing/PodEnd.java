package io.mlengine.backend.k8s.testing;

/**
 * How the main container of a pod ends.
 *
 * @param kind what ended it
 * @param exitCode what the kubelet reports; without meaning for an evicted pod
 */
public record PodEnd(Kind kind, int exitCode) {
    /** The signal that nobody can ignore. */
    static final int KILL = 9;

    /** The signal that asks a process to end. */
    static final int TERM = 15;

    private static final int SIGNALLED = 128;

    /** What ends a container. */
    public enum Kind {
        /** Its process, or a signal. */
        EXIT,
        /** The kernel, as memory ran out. */
        OUT_OF_MEMORY,
        /** The kubelet, as its node runs short of something: the whole pod ends. */
        EVICTED
    }

    /** The process exits. */
    public static PodEnd exit(int code) {
        return new PodEnd(Kind.EXIT, code);
    }

    /** A signal ends the process. */
    public static PodEnd signal(int number) {
        return new PodEnd(Kind.EXIT, SIGNALLED + number);
    }

    /** The kernel kills the process. */
    public static PodEnd outOfMemory() {
        return new PodEnd(Kind.OUT_OF_MEMORY, SIGNALLED + KILL);
    }

    /** The kubelet evicts the pod. */
    public static PodEnd evicted() {
        return new PodEnd(Kind.EVICTED, SIGNALLED + KILL);
    }

    String reason() {
        return switch (kind) {
            case EXIT -> exitCode == 0 ? "Completed" : "Error";
            case OUT_OF_MEMORY -> "OOMKilled";
            case EVICTED -> "Evicted";
        };
    }
}
