package io.mlengine.backend.k8s.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonDiff;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Optional;

/**
 * Completes {@code MLTrain}s: who submitted it, our finalizer, the default queue. Nothing else: defaults of core and of
 * the frameworks stay out of the spec, because whoever applies a document again would fight over them; the engine's
 * record has them. A job that is not valid is refused here already, for the server's schema comes next and would answer
 * in words of its own.
 */
final class TrainMutation implements Admitter {
    private static final String DEFAULT_QUEUE = "default";

    private final TrainRules rules;

    /**
     * Makes the admission.
     *
     * @param rules what a job must keep to
     */
    TrainMutation(TrainRules rules) {
        this.rules = rules;
    }

    @Override
    public Verdict admit(Review review) {
        Optional<TrainObject> object = review.object().flatMap(TrainObject::of);
        return object.map(found -> switch (review.operation()) {
                    case CREATE -> created(found, review.user());
                    case UPDATE -> updated(review.oldObject().flatMap(TrainObject::of), found);
                    case DELETE, CONNECT -> Verdict.ALLOWED;
                })
                .orElse(Verdict.ALLOWED);
    }

    private Verdict created(TrainObject created, Requester user) {
        List<Violation> violations = rules.create(created);
        if (!violations.isEmpty()) {
            return Verdict.refused(TrainAdmission.invalid(created, "nothing was started", violations));
        }
        ObjectNode complete = created.json().deepCopy();
        complete.withObject("/metadata/annotations").put(Submitter.ANNOTATION, user.name());
        ArrayNode finalizers = complete.withArray("/metadata/finalizers");
        if (!holds(finalizers, Labels.FINALIZER)) {
            finalizers.add(Labels.FINALIZER);
        }
        if (!complete.at("/spec/queue").isTextual()) {
            complete.withObject("/spec").put("queue", DEFAULT_QUEUE);
        }
        return Verdict.patched(difference(created.json(), complete));
    }

    /** Puts the submitter's name back where a replaced object lacks it. */
    private static Verdict updated(Optional<TrainObject> before, TrainObject after) {
        Optional<String> user = before.flatMap(TrainObject::user);
        if (user.isEmpty() || after.user().isPresent()) {
            return Verdict.ALLOWED;
        }
        ObjectNode complete = after.json().deepCopy();
        complete.withObject("/metadata/annotations").put(Submitter.ANNOTATION, user.get());
        return Verdict.patched(difference(after.json(), complete));
    }

    private static boolean holds(ArrayNode list, String text) {
        for (JsonNode item : list) {
            if (text.equals(item.textValue())) {
                return true;
            }
        }
        return false;
    }

    private static ArrayNode difference(JsonNode before, JsonNode after) {
        return JsonDiff.asJson(before, after) instanceof ArrayNode patch ? patch : JsonNodeFactory.instance.arrayNode();
    }
}
