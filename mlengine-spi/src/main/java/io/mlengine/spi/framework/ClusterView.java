package io.mlengine.spi.framework;

import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import java.util.List;
import java.util.SortedMap;
import org.immutables.value.Value;

/** Everything a launcher may know about one attempt: who takes part, where, with which ports and devices. */
@io.mlengine.spi.model.ModelStyle
@Value.Immutable
public interface ClusterView {
    /**
     * The attempt.
     *
     * @return the attempt
     */
    AttemptId attempt();

    /**
     * Membership epoch inside the attempt: 0 at its start, +1 for each resize.
     *
     * @return the epoch
     */
    default @Value.Default int epoch() {
        return 0;
    }

    /**
     * The job with defaults.
     *
     * @return the job
     */
    JobShape job();

    /**
     * The members: roles in the job's order, indexes ascending.
     *
     * @return the members
     */
    List<Member> members();

    /**
     * The members of one role.
     *
     * @param role the role's name
     * @return its members by index
     */
    default List<Member> members(String role) {
        return members().stream()
                .filter(member -> member.key().role().equals(role))
                .toList();
    }

    /**
     * The members that share a host's network with this one, itself included, in order.
     *
     * @param member one of the members
     * @return its neighbours
     */
    default List<Member> onHostOf(Member member) {
        return members().stream()
                .filter(other -> other.host().equals(member.host()))
                .toList();
    }

    /**
     * Starts a view.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link ClusterView}. */
    final class Builder extends ImmutableClusterView.Builder {}

    /**
     * One replica with its place.
     *
     * @param key role and index
     * @param host address under which the others reach it; equal for replicas that share a host's network
     * @param ports leased ports by name
     * @param devices its devices, in order; empty when it has none or the node chooses them
     * @param deviceCount number of its devices, also where the node chooses them
     */
    record Member(
            ReplicaKey key, String host, SortedMap<String, Integer> ports, List<Device> devices, int deviceCount) {
        /** Copies the collections. */
        public Member {
            ports = java.util.Collections.unmodifiableSortedMap(new java.util.TreeMap<>(ports));
            devices = List.copyOf(devices);
        }

        /**
         * Returns a leased port.
         *
         * @param name the name used in {@link Needs}
         * @return the number
         * @throws IllegalArgumentException when the launcher did not ask for it
         */
        public int port(String name) {
            Integer port = ports.get(name);
            if (port == null) {
                throw new IllegalArgumentException(key + " has no port named " + name + "; declare it in needs()");
            }
            return port;
        }
    }
}
