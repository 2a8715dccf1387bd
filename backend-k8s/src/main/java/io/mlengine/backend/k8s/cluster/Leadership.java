package io.mlengine.backend.k8s.cluster;

import java.time.Instant;
import java.util.Optional;

/**
 * Whether this process may write now. Asked before each write, so it answers at once and from any thread; nothing
 * needs to run for it to become false.
 */
public interface Leadership {
    /**
     * The leadership of a process that is alone by other means, for ever.
     *
     * @param token fences what it writes
     * @return always held
     */
    static Leadership always(long token) {
        return new Leadership() {
            @Override
            public boolean isHeld() {
                return true;
            }

            @Override
            public long token() {
                return token;
            }

            @Override
            public Optional<Instant> heldUntil() {
                return Optional.of(Instant.MAX);
            }
        };
    }

    /**
     * Tells whether this process leads: its last successful renewal, counted from before the request was sent, is
     * younger than the renew deadline.
     *
     * @return true while no other process can lead
     */
    boolean isHeld();

    /**
     * The fencing token of the present term, or of the last one after it ended. It rises with each term, whoever holds
     * it, so of two orders the one with the higher token is the newer.
     *
     * @return the token, 0 before the first term
     */
    long token();

    /**
     * Until when this process leads if it cannot renew any more.
     *
     * @return the time by this machine's clock, or empty when it does not lead
     */
    Optional<Instant> heldUntil();
}
