package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;

/**
 * The object that a job's pods belong to: when it is deleted, the cluster deletes them too.
 *
 * @param apiVersion its API group and version, for example {@code mlengine.io/v1}
 * @param kind its kind, for example {@code MLTrain}
 * @param namespace the namespace that it and its pods live in
 * @param name its name, which is the job's name
 * @param uid its uid, which the job's id is made of
 */
public record JobOwner(String apiVersion, String kind, String namespace, String name, String uid) {
    /**
     * Refers to it from an object of the job.
     *
     * @return the reference of its one controller
     */
    public OwnerReference reference() {
        return new OwnerReferenceBuilder()
                .withApiVersion(apiVersion)
                .withKind(kind)
                .withName(name)
                .withUid(uid)
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }
}
