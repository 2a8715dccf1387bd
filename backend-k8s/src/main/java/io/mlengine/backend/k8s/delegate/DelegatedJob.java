package io.mlengine.backend.k8s.delegate;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import java.util.List;
import java.util.Optional;

/**
 * Which {@code MLTrain} object is meant, whatever it says now.
 *
 * @param namespace its namespace
 * @param name its name
 * @param uid its uid, since another object may take the name
 */
record DelegatedJob(String namespace, String name, String uid) {
    private static final String API_VERSION = Labels.GROUP + "/" + Labels.VERSION;
    private static final String KIND = new MLTrainResource().getKind();

    static DelegatedJob of(MLTrainResource resource) {
        return new DelegatedJob(
                resource.getMetadata().getNamespace(),
                resource.getMetadata().getName(),
                resource.getMetadata().getUid());
    }

    /** The job that an object of another kind belongs to; empty for an object of somebody else. */
    static Optional<DelegatedJob> ownerOf(HasMetadata object) {
        List<OwnerReference> owners =
                Optional.ofNullable(object.getMetadata().getOwnerReferences()).orElse(List.of());
        return owners.stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .filter(owner ->
                        owner.getKind().equals(KIND) && owner.getApiVersion().equals(API_VERSION))
                .findFirst()
                .map(owner -> new DelegatedJob(object.getMetadata().getNamespace(), owner.getName(), owner.getUid()));
    }

    JobOwner owner() {
        return new JobOwner(API_VERSION, KIND, namespace, name, uid);
    }

    boolean owns(HasMetadata object) {
        return ownerOf(object).equals(Optional.of(this));
    }
}
