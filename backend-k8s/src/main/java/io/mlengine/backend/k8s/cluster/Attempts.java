package io.mlengine.backend.k8s.cluster;

import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The attempts that hold a reservation. They are known in memory only: an engine that has restarted reserves again what
 * goes on. Thread-safe.
 */
final class Attempts {
    private final Map<AttemptId, Held> held = new ConcurrentHashMap<>();
    private final Map<ReplicaId, List<LogRule>> rules = new ConcurrentHashMap<>();

    /**
     * What an attempt holds.
     *
     * @param owner whom its objects belong to
     * @param placement where its replicas go
     * @param reservation their addresses and ports
     * @param fence who has ordered it last
     * @param lead the replica that speaks for the job's progress
     */
    record Held(JobOwner owner, Placement placement, Reservation reservation, Fence fence, Optional<ReplicaKey> lead) {}

    void reserve(AttemptId attempt, Held what) {
        held.put(attempt, what);
    }

    /** The attempts that hold something, with the replicas that speak for them. */
    Map<AttemptId, ReplicaKey> leads() {
        Map<AttemptId, ReplicaKey> leads = new TreeMap<>();
        held.forEach((attempt, what) -> what.lead().ifPresent(lead -> leads.put(attempt, lead)));
        return leads;
    }

    Optional<Held> find(AttemptId attempt) {
        return Optional.ofNullable(held.get(attempt));
    }

    /** An owner that some attempt of the job was reserved for. */
    Optional<JobOwner> owner(JobId job) {
        return held.entrySet().stream()
                .filter(entry -> entry.getKey().job().equals(job))
                .map(entry -> entry.getValue().owner())
                .findFirst();
    }

    /** Whether a later attempt of the same job holds something. */
    boolean isOver(AttemptId attempt) {
        return held.keySet().stream()
                .anyMatch(other -> other.job().equals(attempt.job()) && other.number() > attempt.number());
    }

    void rules(ReplicaId replica, List<LogRule> ofPlan) {
        if (!ofPlan.isEmpty()) {
            rules.put(replica, List.copyOf(ofPlan));
        }
    }

    /** The rules of a replica's plan; none for what was launched before the engine restarted. */
    List<LogRule> rules(ReplicaId replica) {
        return rules.getOrDefault(replica, List.of());
    }

    void release(AttemptId attempt) {
        held.remove(attempt);
        rules.keySet().removeIf(replica -> replica.attempt().equals(attempt));
    }
}
