package io.mlengine.backend.k8s.webhook;

import io.mlengine.backend.k8s.resource.Labels;

/** Who may submit to which queue. May block; may be called by several threads. */
@FunctionalInterface
interface QueueAccess {
    /** The resource that permissions are about; queues have no namespace. */
    String RESOURCE = "mlqueues";

    /** The verb of the permission. */
    String VERB = "use";

    /**
     * Tells whether a user may submit to a queue.
     *
     * @param user the user
     * @param queue the queue
     * @return true when he may
     * @throws RuntimeException when that cannot be found out
     */
    boolean mayUse(Requester user, String queue);

    /** What a user is told who may not. */
    static String denial(Requester user, String queue) {
        return "user " + user.name() + " may not use queue " + queue + ", nothing was started: ask for the permission `"
                + VERB + "` on " + RESOURCE + "." + Labels.GROUP + "/" + queue;
    }
}
