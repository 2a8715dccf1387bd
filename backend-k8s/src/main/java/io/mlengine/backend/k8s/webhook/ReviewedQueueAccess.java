package io.mlengine.backend.k8s.webhook;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewSpec;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewSpecBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.cluster.QueueReviews;

/** Asks the cluster's own authorization, so that queues are granted by roles like everything else. */
final class ReviewedQueueAccess implements QueueAccess {
    private final QueueReviews reviews;

    /**
     * Makes the access.
     *
     * @param client may create SubjectAccessReviews
     */
    ReviewedQueueAccess(KubernetesClient client) {
        this.reviews = new QueueReviews(client);
    }

    @Override
    public boolean mayUse(Requester user, String namespace, String queue) {
        SubjectAccessReviewSpec who = new SubjectAccessReviewSpecBuilder()
                .withUser(user.name())
                .withUid(user.uid().isEmpty() ? null : user.uid())
                .withGroups(user.groups())
                .withExtra(user.extra())
                .build();
        return reviews.mayUse(who, namespace, queue);
    }
}
