package io.mlengine.backend.k8s.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mlengine.backend.k8s.resource.MLTrainWish;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Judges writes of {@code mltrains/scale}, which {@code kubectl scale} and autoscalers make: the same as writing {@code
 * spec.replicas} of the job, and refused with the same texts. May block, for the question holds the size alone.
 */
final class ScaleAdmission implements Admitter {
    private final TrainRules rules;
    private final BiFunction<String, String, Optional<JsonNode>> trains;

    /**
     * Makes the admission.
     *
     * @param rules what a change must keep to
     * @param trains finds a job's object by namespace and name; throws when that is not known now
     */
    ScaleAdmission(TrainRules rules, BiFunction<String, String, Optional<JsonNode>> trains) {
        this.rules = rules;
        this.trains = trains;
    }

    @Override
    public Verdict admit(Review review) {
        Optional<JsonNode> size = review.object()
                .map(scale -> scale.at("/spec/replicas"))
                .filter(node -> review.operation() == Review.Operation.UPDATE && !node.isMissingNode());
        if (size.isEmpty()) {
            return Verdict.ALLOWED;
        }
        // A job that is gone meanwhile is answered by the API server.
        return trains.apply(review.namespace(), review.name())
                .map(train -> sized(train, size.get()))
                .orElse(Verdict.ALLOWED);
    }

    private Verdict sized(JsonNode train, JsonNode size) {
        Optional<TrainObject> before = TrainObject.of(train);
        ObjectNode scaled = train.deepCopy();
        scaled.withObject("/spec").set(MLTrainWish.REPLICAS, size);
        Optional<TrainObject> after = TrainObject.of(scaled);
        if (before.isEmpty() || after.isEmpty()) {
            return Verdict.ALLOWED;
        }
        List<Violation> violations = rules.update(before.get(), after.get());
        return violations.isEmpty()
                ? Verdict.ALLOWED
                : Verdict.refused(Refusal.invalid(after.get().name(), "nothing was changed", violations));
    }
}
