package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ReplicaId;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The labels by which a pod says which start of which replica it is. */
public final class ReplicaIds {
    private ReplicaIds() {}

    /**
     * Labels everything that belongs to a job.
     *
     * @param owner the job's owner
     * @return the labels
     */
    public static SortedMap<String, String> labels(JobOwner owner) {
        SortedMap<String, String> labels = new TreeMap<>();
        labels.put(Labels.MANAGED_BY, Labels.MANAGER);
        labels.put(Labels.JOB_UID, owner.uid());
        labels.put(Labels.JOB_NAME, owner.name());
        return labels;
    }

    /**
     * Labels what belongs to an attempt.
     *
     * @param owner the job's owner
     * @param attempt the attempt
     * @return the labels
     */
    public static SortedMap<String, String> labels(JobOwner owner, AttemptId attempt) {
        SortedMap<String, String> labels = labels(owner);
        labels.put(Labels.ATTEMPT, Integer.toString(attempt.number()));
        return labels;
    }

    /**
     * Labels a pod.
     *
     * @param owner the job's owner
     * @param replica which start of which replica
     * @return the labels
     */
    public static SortedMap<String, String> labels(JobOwner owner, ReplicaId replica) {
        SortedMap<String, String> labels = labels(owner, replica.attempt());
        labels.put(Labels.ROLE, replica.role());
        labels.put(Labels.INDEX, Integer.toString(replica.index()));
        labels.put(Labels.RESTART, Integer.toString(replica.restart()));
        return labels;
    }

    /**
     * Reads a pod's labels.
     *
     * @param pod the pod
     * @return which start of which replica it is; empty when it is not one of ours
     */
    public static Optional<ReplicaId> of(HasMetadata pod) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        if (labels == null || !Labels.MANAGER.equals(labels.get(Labels.MANAGED_BY))) {
            return Optional.empty();
        }
        String uid = labels.get(Labels.JOB_UID);
        String role = labels.get(Labels.ROLE);
        if (uid == null || role == null) {
            return Optional.empty();
        }
        try {
            AttemptId attempt = new AttemptId(JobIds.of(uid), number(labels, Labels.ATTEMPT));
            return Optional.of(
                    new ReplicaId(attempt, role, number(labels, Labels.INDEX), number(labels, Labels.RESTART)));
        } catch (IllegalArgumentException e) {
            // Anybody may write labels; what the engine cannot have written is not its own.
            return Optional.empty();
        }
    }

    private static int number(Map<String, String> labels, String label) {
        return Integer.parseInt(labels.getOrDefault(label, ""));
    }
}
