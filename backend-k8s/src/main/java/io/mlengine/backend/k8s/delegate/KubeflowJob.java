package io.mlengine.backend.k8s.delegate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.mlengine.core.job.Delegate;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an object of Kubeflow says; everything in it may be missing.
 *
 * @param uid its uid
 * @param isLeaving whether somebody has deleted it
 * @param isSuspended whether its spec says that it is held back
 * @param sizes role to wished replicas
 * @param conditions those that hold, in the order of their beginning
 * @param counts role to what its replicas do
 * @param finishedAt when it ended
 */
record KubeflowJob(
        String uid,
        boolean isLeaving,
        boolean isSuspended,
        SortedMap<String, Integer> sizes,
        List<Holding> conditions,
        SortedMap<String, Counts> counts,
        Optional<Instant> finishedAt) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The types of conditions, as Kubeflow names them. */
    enum Type {
        CREATED,
        RUNNING,
        RESTARTING,
        SUSPENDED,
        SUCCEEDED,
        FAILED;

        private static Optional<Type> of(String word) {
            try {
                return Optional.of(valueOf(word.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException unknown) {
                return Optional.empty();
            }
        }
    }

    /**
     * A condition that holds.
     *
     * @param since when it began to hold; the beginning of time where nobody says
     */
    record Holding(Type type, Instant since, String reason, String message) {}

    /** What the replicas of a role do. */
    record Counts(int active, int succeeded, int failed) {
        static final Counts NONE = new Counts(0, 0, 0);
    }

    /** Reads an object. */
    static KubeflowJob of(GenericKubernetesResource object, Delegate delegate) {
        JsonNode json = JSON.valueToTree(object.getAdditionalProperties());
        JsonNode spec = json.path("spec");
        JsonNode status = json.path("status");
        SortedMap<String, Integer> sizes = new TreeMap<>();
        spec.path(KindWords.of(delegate.kind()).replicaSpecs())
                .properties()
                .forEach(role -> sizes.put(
                        role.getKey().toLowerCase(Locale.ROOT),
                        role.getValue().path("replicas").asInt(1)));
        SortedMap<String, Counts> counts = new TreeMap<>();
        status.path("replicaStatuses")
                .properties()
                .forEach(role -> counts.put(role.getKey().toLowerCase(Locale.ROOT), counts(role.getValue())));
        return new KubeflowJob(
                object.getMetadata().getUid(),
                object.isMarkedForDeletion(),
                spec.path("runPolicy").path("suspend").asBoolean(false),
                sizes,
                conditions(status.path("conditions")),
                counts,
                time(status.path("completionTime")));
    }

    private static Counts counts(JsonNode role) {
        return new Counts(
                role.path("active").asInt(0),
                role.path("succeeded").asInt(0),
                role.path("failed").asInt(0));
    }

    private static List<Holding> conditions(JsonNode conditions) {
        List<Holding> holding = new ArrayList<>();
        for (JsonNode condition : conditions) {
            if (condition.path("status").asText("").equals("True")) {
                Type.of(condition.path("type").asText(""))
                        .ifPresent(type -> holding.add(new Holding(
                                type,
                                time(condition.path("lastTransitionTime")).orElse(Instant.EPOCH),
                                condition.path("reason").asText(""),
                                condition.path("message").asText(""))));
            }
        }
        // Stable: of conditions of the same second the later in the list is the newer.
        holding.sort(Comparator.comparing(Holding::since));
        return List.copyOf(holding);
    }

    private static Optional<Instant> time(JsonNode text) {
        try {
            return text.isTextual()
                    ? Optional.of(OffsetDateTime.parse(text.textValue()).toInstant())
                    : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * How it ended. There are operators that say both; what was said first counts, and of the same second success, for
     * that is said by the replica which decides.
     */
    Optional<Holding> end() {
        return conditions.stream()
                .filter(condition -> condition.type() == Type.SUCCEEDED || condition.type() == Type.FAILED)
                .min(Comparator.comparing(Holding::since).thenComparing(Holding::type));
    }

    Optional<Holding> holding(Type type) {
        return conditions.stream().filter(condition -> condition.type() == type).findFirst();
    }

    /** What it does now: the newest of what cannot hold together. */
    Optional<Holding> doing() {
        return conditions.stream()
                .filter(condition -> condition.type() == Type.RUNNING || condition.type() == Type.RESTARTING)
                .reduce((first, second) -> second);
    }

    Counts counts(String role) {
        return counts.getOrDefault(role, Counts.NONE);
    }

    /** Whether every role has the size that it is given here. */
    boolean hasSizes(Map<String, Integer> wished) {
        return wished.entrySet().stream().allMatch(size -> size.getValue().equals(sizes.get(size.getKey())));
    }
}
