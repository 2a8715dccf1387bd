package io.mlengine.backend.k8s.cluster;

import java.time.Instant;

/**
 * A lease as the API server stores it, as far as an election looks at it.
 *
 * @param holder who holds it, empty when it was given up
 * @param transitions how often it changed hands: the fencing token
 * @param acquiredAt when the holder took it, for people
 * @param renewedAt when the holder renewed it, for people
 * @param version the resource version, empty for a lease that is not stored yet
 */
record LeaseRecord(String holder, long transitions, Instant acquiredAt, Instant renewedAt, String version) {
    boolean isFree() {
        return holder.isEmpty();
    }

    /** The first record of a new term. */
    static LeaseRecord taken(String by, long token, Instant now, String version) {
        return new LeaseRecord(by, token, now, now, version);
    }

    LeaseRecord renewed(Instant now) {
        return new LeaseRecord(holder, transitions, acquiredAt, now, version);
    }

    LeaseRecord givenUp(Instant now) {
        return new LeaseRecord("", transitions, acquiredAt, now, version);
    }
}
