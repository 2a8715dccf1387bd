package io.mlengine.backend.k8s.webhook;

import io.mlengine.core.admission.QueuePriority;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges {@code MLTrain}s: the texts are those of {@code mlengine validate}, and all violations are told at once. Writes
 * of the status do not come here; changes of metadata alone pass.
 */
final class TrainAdmission implements Admitter {
    private static final Logger LOG = LoggerFactory.getLogger(TrainAdmission.class);
    private static final String DEFAULT_QUEUE = "default";

    private final TrainRules rules;
    private final QueueAccess access;
    private final Supplier<List<QueueConfig>> queues;

    /**
     * Makes the admission.
     *
     * @param rules what a job must keep to
     * @param access who may use which queue
     * @param queues tells all queues that are stored; throws when that is not known now
     */
    TrainAdmission(TrainRules rules, QueueAccess access, Supplier<List<QueueConfig>> queues) {
        this.rules = rules;
        this.access = access;
        this.queues = queues;
    }

    @Override
    public Verdict admit(Review review) {
        return switch (review.operation()) {
            case CREATE ->
                review.object()
                        .flatMap(TrainObject::of)
                        .map(created -> created(created, review))
                        .orElse(Verdict.ALLOWED);
            case UPDATE -> updated(review);
            case DELETE, CONNECT -> Verdict.ALLOWED;
        };
    }

    private Verdict created(TrainObject created, Review review) {
        Requester user = review.user();
        List<Violation> violations = rules.create(created);
        if (!violations.isEmpty()) {
            return Verdict.refused(Refusal.invalid(created.name(), "nothing was started", violations));
        }
        if (!created.user().equals(Optional.of(user.name()))) {
            String message = "annotation " + Submitter.ANNOTATION + " names somebody else than the user who submits;"
                    + " leave it out, it is set by itself";
            return Verdict.refused(Refusal.of(Refusal.Reason.FORBIDDEN, message));
        }
        Verdict queue = queue(created, user, review.namespace());
        return queue.isAllowed() ? priority(created) : queue;
    }

    private Verdict queue(TrainObject created, Requester user, String namespace) {
        String queue = created.train().map(train -> train.queue()).orElse(DEFAULT_QUEUE);
        try {
            return access.mayUse(user, namespace, queue)
                    ? Verdict.ALLOWED
                    : Verdict.refused(Refusal.of(Refusal.Reason.FORBIDDEN, QueueAccess.denial(user, queue)));
        } catch (RuntimeException e) {
            LOG.warn("queue permission unknown queue={} user={}", queue, user.name(), e);
            return unknown("whether user " + user.name() + " may use queue " + queue);
        }
    }

    /** No queue has a highest priority below 0, so most jobs cost no question. */
    private Verdict priority(TrainObject created) {
        Optional<MLTrain> asks = created.train().filter(train -> train.priority() > 0);
        if (asks.isEmpty()) {
            return Verdict.ALLOWED;
        }
        try {
            List<Violation> violations = QueuePriority.check(asks.get(), queues.get());
            return violations.isEmpty()
                    ? Verdict.ALLOWED
                    : Verdict.refused(Refusal.invalid(created.name(), "nothing was started", violations));
        } catch (RuntimeException e) {
            LOG.warn("highest priority unknown queue={}", asks.get().queue(), e);
            return unknown("which priority queue " + asks.get().queue() + " takes");
        }
    }

    private static Verdict unknown(String what) {
        String message = "the API server did not say " + what + ", nothing was started; try again";
        return Verdict.refused(Refusal.of(Refusal.Reason.UNKNOWN, message));
    }

    private Verdict updated(Review review) {
        Optional<TrainObject> before = review.oldObject().flatMap(TrainObject::of);
        Optional<TrainObject> after = review.object().flatMap(TrainObject::of);
        if (before.isEmpty() || after.isEmpty()) {
            return Verdict.ALLOWED;
        }
        if (!before.get().user().equals(after.get().user())) {
            String message = "annotation " + Submitter.ANNOTATION + " says who submitted the job and cannot be changed";
            return Verdict.refused(Refusal.of(Refusal.Reason.FORBIDDEN, message));
        }
        List<Violation> violations = rules.update(before.get(), after.get());
        return violations.isEmpty()
                ? Verdict.ALLOWED
                : Verdict.refused(Refusal.invalid(after.get().name(), "nothing was changed", violations));
    }
}
