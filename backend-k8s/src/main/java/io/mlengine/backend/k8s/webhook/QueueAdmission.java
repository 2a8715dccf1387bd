package io.mlengine.backend.k8s.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mlengine.backend.k8s.resource.MLQueueResource;
import io.mlengine.backend.k8s.resource.MLQueueStatus;
import io.mlengine.backend.k8s.resource.MLQueues;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Judges {@code MLQueue}s by the rules of core for the whole tree. May block, for the question holds one queue alone.
 * Two changes that are asked about at the same time are not seen together: the engine takes any tree and ends a chain of
 * parents where it would come back.
 */
final class QueueAdmission implements Admitter {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Supplier<List<QueueConfig>> queues;

    /**
     * Makes the admission.
     *
     * @param queues tells all queues that are stored; throws when that is not known now
     */
    QueueAdmission(Supplier<List<QueueConfig>> queues) {
        this.queues = queues;
    }

    @Override
    public Verdict admit(Review review) {
        return switch (review.operation()) {
            case CREATE, UPDATE ->
                read(review.object())
                        .flatMap(MLQueues::read)
                        .map(queue -> stored(
                                queue,
                                read(review.oldObject()).flatMap(MLQueues::read),
                                review.operation() == Review.Operation.CREATE))
                        .orElse(Verdict.ALLOWED);
            case DELETE -> read(review.oldObject()).map(this::deleted).orElse(Verdict.ALLOWED);
            case CONNECT -> Verdict.ALLOWED;
        };
    }

    private Verdict stored(QueueConfig queue, Optional<QueueConfig> before, boolean isNew) {
        List<QueueConfig> others = new ArrayList<>(queues.get());
        others.removeIf(other -> other.name().equals(queue.name()));
        List<Violation> violations = new ArrayList<>(QueueRules.violations(queue, others));
        // What was wrong before is not held against a change of something else.
        before.ifPresent(old -> violations.removeAll(QueueRules.violations(old, others)));
        if (!violations.isEmpty()) {
            return Verdict.refused(
                    Refusal.invalid(queue.name(), isNew ? "nothing was made" : "nothing was changed", violations));
        }
        return Verdict.ALLOWED.withWarnings(QueueRules.warnings(queue, others));
    }

    private Verdict deleted(MLQueueResource queue) {
        String name = queue.getMetadata().getName();
        List<QueueConfig> others = new ArrayList<>(queues.get());
        others.removeIf(other -> other.name().equals(name));
        List<String> children = others.stream()
                .filter(other -> other.parent().equals(Optional.of(name)))
                .map(QueueConfig::name)
                .toList();
        if (!children.isEmpty()) {
            String message = "queue " + name + " is the parent of " + String.join(", ", children)
                    + ", nothing was deleted: its limits hold for them; give them another parent, or none, first";
            return Verdict.refused(Refusal.of(Refusal.Reason.INVALID, message));
        }
        return Verdict.ALLOWED.withWarnings(farewell(name, Optional.ofNullable(queue.getStatus()), others.isEmpty()));
    }

    private static List<String> farewell(String name, Optional<MLQueueStatus> status, boolean isLast) {
        List<String> warnings = new ArrayList<>();
        long running = status.map(MLQueueStatus::running).orElse(0L);
        long waiting = status.map(MLQueueStatus::waiting).orElse(0L);
        if (isLast) {
            warnings.add("no queue is left: jobs may name any queue now, and nothing is limited");
        } else if (running + waiting > 0) {
            warnings.add("queue " + name + " has " + running + " running and " + waiting
                    + " waiting jobs: those that run go on without its limits, those that wait do so until there is a"
                    + " queue of this name again");
        }
        return warnings;
    }

    private static Optional<MLQueueResource> read(Optional<JsonNode> object) {
        try {
            return object.isEmpty()
                    ? Optional.empty()
                    : Optional.of(JSON.treeToValue(object.get(), MLQueueResource.class));
        } catch (JsonProcessingException e) {
            // Then the server's own schema refuses it.
            return Optional.empty();
        }
    }
}
