package io.mlengine.spi.model;

import java.util.Comparator;

/**
 * Names a replica of a job whatever its attempt.
 *
 * @param role the role's name
 * @param index 0-based index inside the role
 */
public record ReplicaKey(String role, int index) implements Comparable<ReplicaKey> {
    private static final Comparator<ReplicaKey> ORDER =
            Comparator.comparing(ReplicaKey::role).thenComparingInt(ReplicaKey::index);

    @Override
    public int compareTo(ReplicaKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return role + "-" + index;
    }
}
