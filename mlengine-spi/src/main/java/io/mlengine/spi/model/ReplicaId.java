package io.mlengine.spi.model;

import java.util.Comparator;

/**
 * One process (or pod) that was started once: role and index say which replica it is, attempt and restart say which
 * start of it. A late message about an older start is recognised by this id.
 *
 * @param attempt the attempt that it belongs to
 * @param role the role's name
 * @param index 0-based index inside the role
 * @param restart 0 for the first start inside the attempt, +1 for each restart of only this replica
 */
public record ReplicaId(AttemptId attempt, String role, int index, int restart) implements Comparable<ReplicaId> {
    private static final Comparator<ReplicaId> ORDER = Comparator.comparing(ReplicaId::attempt)
            .thenComparing(ReplicaId::role)
            .thenComparingInt(ReplicaId::index)
            .thenComparingInt(ReplicaId::restart);

    /** Checks the numbers. */
    public ReplicaId {
        if (index < 0 || restart < 0) {
            throw new IllegalArgumentException("negative index or restart: " + index + ", " + restart);
        }
    }

    /**
     * Returns which replica this is a start of.
     *
     * @return role and index
     */
    public ReplicaKey key() {
        return new ReplicaKey(role, index);
    }

    /**
     * Returns the name under which it runs, for example {@code bert-worker-1-a2} or {@code bert-worker-1-a2-r1}; at
     * most 63 characters when the job was admitted.
     *
     * @param jobName the job's name
     * @return job-role-index-aN, with -rM after a restart of only this replica
     */
    public String runName(String jobName) {
        String base = jobName + "-" + role + "-" + index + "-a" + attempt.number();
        return restart == 0 ? base : base + "-r" + restart;
    }

    @Override
    public int compareTo(ReplicaId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return attempt + "/" + role + "-" + index + (restart == 0 ? "" : "-r" + restart);
    }
}
