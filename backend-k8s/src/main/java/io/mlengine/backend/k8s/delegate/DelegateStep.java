package io.mlengine.backend.k8s.delegate;

import io.mlengine.backend.k8s.resource.MLTrainStatus;
import java.time.Instant;
import java.util.Optional;

/**
 * What is to be done for a job: first the status is written, if it is another than before, then the order is carried out.
 *
 * @param status what the job's object shall say
 * @param order what is done next
 * @param wakeAt when to look again although nothing was heard, empty for never
 */
record DelegateStep(MLTrainStatus status, Order order, Optional<Instant> wakeAt) {
    /** The orders. */
    enum Order {
        /** Nothing. */
        NONE,
        /** The other controller's object is made. */
        CREATE,
        /** It is held back or goes on, or gets another size. */
        CHANGE,
        /** It is deleted, with its pods. */
        DELETE,
        /** The job's own object may go: nothing of it is left. */
        RELEASE,
        /** The job's own object is deleted, since its time after the end is over. */
        REMOVE
    }
}
