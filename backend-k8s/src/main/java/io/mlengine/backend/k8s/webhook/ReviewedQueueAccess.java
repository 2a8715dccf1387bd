package io.mlengine.backend.k8s.webhook;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.resource.Labels;

/** Asks the cluster's own authorization, so that queues are granted by roles like everything else. */
final class ReviewedQueueAccess implements QueueAccess {
    private final KubernetesClient client;

    /**
     * Makes the access.
     *
     * @param client may create SubjectAccessReviews
     */
    ReviewedQueueAccess(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public boolean mayUse(Requester user, String queue) {
        SubjectAccessReview question = new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(user.name())
                .withUid(user.uid().isEmpty() ? null : user.uid())
                .withGroups(user.groups())
                .withExtra(user.extra())
                .withNewResourceAttributes()
                .withGroup(Labels.GROUP)
                .withVersion(Labels.VERSION)
                .withResource(RESOURCE)
                .withName(queue)
                .withVerb(VERB)
                .endResourceAttributes()
                .endSpec()
                .build();
        SubjectAccessReview answer =
                client.authorization().v1().subjectAccessReview().create(question);
        return answer.getStatus() != null
                && Boolean.TRUE.equals(answer.getStatus().getAllowed());
    }
}
