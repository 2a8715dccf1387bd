package io.mlengine.backend.k8s.pod;

/**
 * What is known about a pod and does not stand in it.
 *
 * @param nodeSilent whether its node is not heard of any more, so that its state may be old
 * @param nodeCordoned whether its node takes no new pods, so that a deletion is part of a drain
 * @param stopOrdered whether the engine has ordered its end; else a deletion is somebody else's
 */
public record PodView(boolean nodeSilent, boolean nodeCordoned, boolean stopOrdered) {
    /** Its node speaks and nobody has ordered its end. */
    public static final PodView RUNNING = new PodView(false, false, false);

    /** Its node speaks and the engine has ordered its end. */
    public static final PodView STOPPED = new PodView(false, false, true);
}
