package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.resource.Labels;

/**
 * Asks the cluster's own authorization who may use which queue, so that queues are granted by roles like everything
 * else: by a ClusterRoleBinding everywhere, by a RoleBinding in its namespace only.
 */
public final class QueueReviews {
    /** The resource that permissions are about. */
    public static final String RESOURCE = "mlqueues";

    /** The verb of the permission. */
    public static final String VERB = "use";

    private final KubernetesClient client;

    /**
     * Makes the questioner.
     *
     * @param client may create SubjectAccessReviews
     */
    public QueueReviews(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Asks. Blocks.
     *
     * @param who user, uid, groups and extra
     * @param namespace where the job or the pods are
     * @param queue the queue
     * @return true when they may use it
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when that cannot be found out
     */
    public boolean mayUse(SubjectAccessReviewSpec who, String namespace, String queue) {
        SubjectAccessReview question = new SubjectAccessReviewBuilder()
                .withNewSpecLike(who)
                .withNewResourceAttributes()
                .withGroup(Labels.GROUP)
                .withVersion(Labels.VERSION)
                .withResource(RESOURCE)
                .withNamespace(namespace)
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
