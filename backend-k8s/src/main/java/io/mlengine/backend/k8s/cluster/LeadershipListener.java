package io.mlengine.backend.k8s.cluster;

/** Hears of the terms of one candidate. Calls come one after the other, in order; {@link #gained} and {@link #lost} alternate. */
public interface LeadershipListener {
    /**
     * A term has begun.
     *
     * @param token its fencing token, higher than that of any earlier term
     */
    void gained(long token);

    /**
     * The term has ended; {@link Leadership#isHeld} is false already. A term that is given up in order is given up only
     * after this call returned.
     *
     * @param reason one phrase for logs
     */
    void lost(String reason);
}
