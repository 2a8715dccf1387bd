package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.backend.k8s.pod.PodNames;
import io.mlengine.backend.k8s.pod.ReplicaIds;
import io.mlengine.spi.model.ReplicaId;
import java.util.Optional;

/**
 * Tells the engine's pods from others. Labels alone prove nothing, because whoever may create a pod may write them: a
 * pod is a replica only under the name and in the namespace that its job gives it.
 */
final class Ownership {
    private final JobOwners owners;

    Ownership(JobOwners owners) {
        this.owners = owners;
    }

    /** Which start of which replica a pod is; empty for pods of others and of jobs that are gone. */
    Optional<ReplicaId> of(Pod pod) {
        return ReplicaIds.of(pod)
                .filter(id -> owners.find(id.attempt().job())
                        .filter(owner -> isAt(pod, owner, id))
                        .isPresent());
    }

    private static boolean isAt(Pod pod, JobOwner owner, ReplicaId id) {
        return owner.namespace().equals(pod.getMetadata().getNamespace())
                && PodNames.pod(owner.name(), id).equals(pod.getMetadata().getName());
    }
}
