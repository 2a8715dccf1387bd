package io.mlengine.backend.k8s.webhook;

import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Optional;
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
    private final QueueAccess queues;

    /**
     * Makes the admission.
     *
     * @param rules what a job must keep to
     * @param queues who may use which queue
     */
    TrainAdmission(TrainRules rules, QueueAccess queues) {
        this.rules = rules;
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
        return queue(created, user, review.namespace());
    }

    private Verdict queue(TrainObject created, Requester user, String namespace) {
        String queue = created.train().map(train -> train.queue()).orElse(DEFAULT_QUEUE);
        try {
            return queues.mayUse(user, namespace, queue)
                    ? Verdict.ALLOWED
                    : Verdict.refused(Refusal.of(Refusal.Reason.FORBIDDEN, QueueAccess.denial(user, queue)));
        } catch (RuntimeException e) {
            LOG.warn("queue permission unknown queue={} user={}", queue, user.name(), e);
            String message = "the API server did not say whether user " + user.name() + " may use queue " + queue
                    + ", nothing was started; try again";
            return Verdict.refused(Refusal.of(Refusal.Reason.UNKNOWN, message));
        }
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
