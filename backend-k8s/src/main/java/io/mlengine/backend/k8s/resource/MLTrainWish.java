package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.job.JobRecord.Desired;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the user of an {@code MLTrain} object wishes besides the job itself: on one machine these are commands, in a
 * cluster they are fields of the spec that may change while the job lives.
 */
public final class MLTrainWish {
    /** Field of the spec: whether the job shall run. */
    public static final String DESIRED = "desired";

    /** Field of the spec: the size of the only elastic role, which the scale subresource sets. */
    public static final String REPLICAS = "replicas";

    /** The fields of the spec that the document does not have. */
    static final Set<String> FIELDS = Set.of(DESIRED, REPLICAS);

    private MLTrainWish() {}

    /** The words of {@code spec.desired}; an object that is being deleted is the fourth wish. */
    enum Word {
        RUN("Run", Desired.RUN),
        SUSPEND("Suspend", Desired.SUSPEND),
        CANCEL("Cancel", Desired.CANCEL);

        private final String text;
        private final Desired desired;

        Word(String text, Desired desired) {
            this.text = text;
            this.desired = desired;
        }

        String text() {
            return text;
        }

        static Optional<Word> of(JsonNode node) {
            return List.of(values()).stream()
                    .filter(word -> word.text.equals(node.textValue()))
                    .findFirst();
        }
    }

    /**
     * Whether the job shall run.
     *
     * @param resource the object
     * @return the wish: {@code DELETE} for an object that is being deleted; when nothing readable is said, {@code
     *     SUSPEND} for a job whose run policy says so, else {@code RUN}
     */
    public static Desired desired(MLTrainResource resource) {
        if (resource.isMarkedForDeletion()) {
            return Desired.DELETE;
        }
        return field(resource, DESIRED)
                .flatMap(Word::of)
                .map(word -> word.desired)
                .orElseGet(() -> beginsSuspended(resource) ? Desired.SUSPEND : Desired.RUN);
    }

    private static boolean beginsSuspended(MLTrainResource resource) {
        return field(resource, "runPolicy")
                .map(policy -> policy.path("suspend").asBoolean(false))
                .orElse(false);
    }

    /**
     * The wished size of the only elastic role, see {@link #elasticRole}.
     *
     * @param resource the object
     * @return the number, or empty when nothing readable is said: the role has the size that stands with it
     */
    public static OptionalInt replicas(MLTrainResource resource) {
        return field(resource, REPLICAS)
                .filter(JsonNode::canConvertToInt)
                .map(node -> OptionalInt.of(node.intValue()))
                .orElse(OptionalInt.empty());
    }

    /**
     * The role whose size {@code spec.replicas} sets.
     *
     * @param train the job
     * @return the only elastic role, or empty when there is none or more than one
     */
    public static Optional<Role> elasticRole(MLTrain train) {
        List<Role> elastic = train.roles().stream().filter(Role::isElastic).toList();
        return elastic.size() == 1 ? Optional.of(elastic.get(0)) : Optional.empty();
    }

    /** The words of {@code spec.desired}. */
    static List<String> words() {
        return List.of(Word.values()).stream().map(Word::text).toList();
    }

    /** What is wrong with these fields; the server's schema refuses most of it before. */
    static List<Violation> violations(MLTrainResource resource, Optional<MLTrain> train) {
        List<Violation> violations = new ArrayList<>();
        field(resource, DESIRED).filter(node -> Word.of(node).isEmpty()).ifPresent(node -> {
            String advice = "use one of " + String.join(", ", words());
            violations.add(violation(ViolationCode.UNKNOWN_WORD, DESIRED, node, advice));
        });
        field(resource, REPLICAS).ifPresent(node -> {
            Optional<Role> role = train.flatMap(MLTrainWish::elasticRole);
            if (!node.canConvertToInt() || !node.isIntegralNumber()) {
                violations.add(violation(ViolationCode.WRONG_TYPE, REPLICAS, node, "expected a whole number"));
            } else if (train.isPresent() && role.isEmpty()) {
                String advice = "`replicas` sets the size of the only elastic role, and not exactly one is elastic";
                violations.add(violation(ViolationCode.CONTRADICTION, REPLICAS, node, advice));
            } else if (role.isPresent() && !isWithin(role.get(), node.intValue())) {
                String advice = "role " + role.get().name() + " has from "
                        + role.get().least() + " to " + role.get().most() + " replicas";
                violations.add(violation(ViolationCode.OUT_OF_RANGE, REPLICAS, node, advice));
            }
        });
        return violations;
    }

    private static boolean isWithin(Role role, int replicas) {
        return replicas >= role.least() && replicas <= role.most();
    }

    private static Violation violation(ViolationCode code, String field, JsonNode node, String advice) {
        return code.at("spec." + field, node.asText(), advice);
    }

    private static Optional<JsonNode> field(MLTrainResource resource, String name) {
        return Optional.ofNullable(resource.getSpec())
                .map(spec -> spec.get(name))
                .filter(node -> !node.isNull());
    }
}
