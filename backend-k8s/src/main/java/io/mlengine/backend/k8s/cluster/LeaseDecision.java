package io.mlengine.backend.k8s.cluster;

import java.util.Optional;

/** What a candidate does next, from what it saw. */
enum LeaseDecision {
    /** Take the lease: it is free, or was seen unchanged for the lease duration. */
    ACQUIRE,
    /** Renew the own term. */
    RENEW,
    /** End the own term: the lease is somebody else's, or gone. */
    STEP_DOWN,
    /** Look again later. */
    WAIT;

    /**
     * What was seen, and since when by the monotonic clock of the one who saw it. A lease counts as changed with its
     * resource version: whatever somebody writes into it can only delay a change of hands, never hasten it.
     *
     * @param lease the lease, or empty when there is none
     * @param sinceNanos when it was first seen so
     */
    record Observation(Optional<LeaseRecord> lease, long sinceNanos) {
        /** What is known after another look. */
        Observation then(Optional<LeaseRecord> seen, long nowNanos) {
            return seen.map(LeaseRecord::version).equals(lease.map(LeaseRecord::version))
                    ? new Observation(seen, sinceNanos)
                    : new Observation(seen, nowNanos);
        }
    }

    /**
     * Decides.
     *
     * @param seen the newest observation
     * @param everSeen whether this candidate has ever seen a lease: one that vanished may still have a leader, so it is
     *     waited for, and one that never was may not
     * @param self the candidate's identity, which no other process has
     * @param leads whether its term goes on
     * @param nowNanos its monotonic time
     * @param times the times
     */
    static LeaseDecision of(
            Observation seen, boolean everSeen, String self, boolean leads, long nowNanos, LeaseTimes times) {
        boolean isOwn =
                seen.lease().filter(lease -> lease.holder().equals(self)).isPresent();
        if (leads) {
            return isOwn ? RENEW : STEP_DOWN;
        }
        boolean isFree = seen.lease().map(LeaseRecord::isFree).orElse(!everSeen);
        boolean isExpired =
                nowNanos - seen.sinceNanos() >= times.leaseDuration().toNanos();
        // An own lease without a term is left over from a term that was lost; nobody else can hold it.
        return isOwn || isFree || isExpired ? ACQUIRE : WAIT;
    }
}
