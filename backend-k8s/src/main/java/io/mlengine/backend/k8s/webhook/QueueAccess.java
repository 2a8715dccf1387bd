package io.mlengine.backend.k8s.webhook;

import io.mlengine.backend.k8s.cluster.QueueReviews;
import io.mlengine.backend.k8s.resource.Labels;

/** Who may submit to which queue. May block; may be called by several threads. */
@FunctionalInterface
interface QueueAccess {
    /**
     * Tells whether a user may submit to a queue.
     *
     * @param user the user
     * @param namespace the job's namespace
     * @param queue the queue
     * @return true when he may
     * @throws RuntimeException when that cannot be found out
     */
    boolean mayUse(Requester user, String namespace, String queue);

    /** What a user is told who may not. */
    static String denial(Requester user, String queue) {
        return "user " + user.name() + " may not use queue " + queue + ", nothing was started: ask for the permission `"
                + QueueReviews.VERB + "` on " + QueueReviews.RESOURCE + "." + Labels.GROUP + "/" + queue;
    }
}
