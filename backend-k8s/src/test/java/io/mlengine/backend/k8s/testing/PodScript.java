package io.mlengine.backend.k8s.testing;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a pod on a fake node. The script is about the main container; side containers run until the pod is
 * deleted.
 *
 * @param start how far the pod gets
 * @param end how the main container ends by itself; null if it runs until the pod is deleted
 * @param after how long it runs before that
 * @param onTerm how it ends when it is asked to; null if it ignores that, until it is killed at the end of the grace
 */
public record PodScript(
        Start start,
        @Nullable PodEnd end,
        Duration after,
        @Nullable PodEnd onTerm) {
    /** How far a pod gets. */
    public enum Start {
        /** It runs. */
        RUNS,
        /** Its containers are being created for ever, for example because a volume cannot be mounted. */
        HANGS,
        /** Its image cannot be pulled. */
        IMAGE_PULL_FAILS,
        /** Its first init container fails. */
        INIT_FAILS,
        /** The kubelet refuses it, as it has no such device free. */
        REFUSED
    }

    /** Runs until the pod is deleted, and then ends by the signal. */
    public static PodScript runsUntilDeleted() {
        return new PodScript(Start.RUNS, null, Duration.ZERO, PodEnd.signal(PodEnd.TERM));
    }

    /** Runs, and ends at once. */
    public static PodScript ends(PodEnd end) {
        return new PodScript(Start.RUNS, end, Duration.ZERO, PodEnd.signal(PodEnd.TERM));
    }

    /** Runs, and exits at once. */
    public static PodScript exits(int code) {
        return ends(PodEnd.exit(code));
    }

    /** Never runs. */
    public static PodScript starts(Start start) {
        return new PodScript(start, null, Duration.ZERO, PodEnd.signal(PodEnd.TERM));
    }

    /** The same, but it runs for a time before it ends. */
    public PodScript after(Duration time) {
        return new PodScript(start, end, time, onTerm);
    }

    /** The same, but it must be killed. */
    public PodScript ignoringTerm() {
        return new PodScript(start, end, after, null);
    }

    /** The same, but it ends in another way when it is asked to. */
    public PodScript onTerm(PodEnd how) {
        return new PodScript(start, end, after, how);
    }
}
