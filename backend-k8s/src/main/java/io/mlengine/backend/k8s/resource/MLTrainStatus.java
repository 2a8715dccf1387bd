package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.mlengine.spi.model.ModelStyle;
import java.util.List;
import org.immutables.value.Value;
import org.jspecify.annotations.Nullable;

/** What became of a job, for people and tools; what is not known is absent, and null here. */
@ModelStyle
@Value.Immutable
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonSerialize(as = ImmutableMLTrainStatus.class)
@JsonDeserialize(builder = MLTrainStatus.Builder.class)
public interface MLTrainStatus {
    /**
     * Generation of the spec that this status is about.
     *
     * @return the generation, or null
     */
    @FieldSchema("Generation of the spec that this status is about.")
    @Nullable
    Long observedGeneration();

    /**
     * Where the job is in its life.
     *
     * @return the phase as one word, for example {@code Running}, or null
     */
    @FieldSchema("Where the job is in its life.")
    @Nullable
    String phase();

    /**
     * Why it is there.
     *
     * @return one word, or null
     */
    @FieldSchema("Why it is there.")
    @Nullable
    String reason();

    /**
     * Why it is there, for people.
     *
     * @return one sentence, or null
     */
    @FieldSchema("Why it is there, for people.")
    @Nullable
    String message();

    /**
     * Number of the newest attempt.
     *
     * @return the number, 0 before the first, or null
     */
    @FieldSchema("Number of the newest attempt.")
    @Nullable
    Integer attempt();

    /**
     * Commit of the repository whose code the newest attempt runs.
     *
     * @return the full commit, or null while it is not known or the code does not come from git
     */
    @FieldSchema("Commit of the repository whose code the newest attempt runs.")
    @Nullable
    String codeCommit();

    /**
     * The conditions that tools wait for.
     *
     * @return one of each type
     */
    @FieldSchema("The conditions that tools wait for.")
    List<MLTrainCondition> conditions();

    /**
     * How many replicas of each role there are.
     *
     * @return the roles, in the order of the spec
     */
    @FieldSchema("How many replicas of each role there are.")
    List<MLTrainRoleStatus> roles();

    /**
     * Replicas wished, over all roles.
     *
     * @return the number, or null
     */
    @FieldSchema("Replicas wished, over all roles.")
    @Nullable
    Integer replicas();

    /**
     * Replicas that are ready, over all roles.
     *
     * @return the number, or null
     */
    @FieldSchema("Replicas that are ready, over all roles.")
    @Nullable
    Integer readyReplicas();

    /**
     * Ready and wished replicas, for people.
     *
     * @return for example {@code 2/4}, or null
     */
    @FieldSchema("Ready and wished replicas, for people: 2/4.")
    @Nullable
    String ready();

    /**
     * The only elastic role, for the scale subresource.
     *
     * @return its size, or null when not exactly one role is elastic
     */
    @FieldSchema("The only elastic role, for the scale subresource; absent when not exactly one role is elastic.")
    @Nullable
    MLTrainScale scale();

    /**
     * GPUs that all replicas ask for.
     *
     * @return the number, or null
     */
    @FieldSchema("GPUs that all replicas together ask for.")
    @Nullable
    Long gpus();

    /**
     * The queue that it waits in or that pays.
     *
     * @return the queue, or null
     */
    @FieldSchema("The queue that it waits in or that pays.")
    @Nullable
    String queue();

    /**
     * How far the program says it is.
     *
     * @return the progress, or null
     */
    @FieldSchema("How far the program says it is.")
    @Nullable
    MLTrainProgress progress();

    /**
     * Why it waits, while it is queued.
     *
     * @return the reason, or null
     */
    @FieldSchema("Why it waits, while it is queued.")
    @Nullable
    MLTrainWaiting waiting();

    /**
     * When it first ran.
     *
     * @return the time in RFC 3339, or null
     */
    @FieldSchema("When it first ran.")
    @Nullable
    String startedAt();

    /**
     * When it ended.
     *
     * @return the time in RFC 3339, or null
     */
    @FieldSchema("When it ended.")
    @Nullable
    String finishedAt();

    /**
     * What it has held so far.
     *
     * @return the sums, or null
     */
    @FieldSchema("What it has held so far.")
    @Nullable
    MLTrainUsage usage();

    /**
     * The object that runs it, where another controller does.
     *
     * @return the object, or null
     */
    @FieldSchema("The object that runs it, where another controller does.")
    @Nullable
    MLTrainDelegate delegate();

    /**
     * Version of the engine's own record.
     *
     * @return the version, from 1, or null
     */
    @FieldSchema("Version of the engine's own record.")
    @Nullable
    Long recordVersion();

    /**
     * The engine's own record, which nobody else reads.
     *
     * @return JSON text, or null
     */
    @FieldSchema("The engine's own record, which nobody else reads.")
    @Nullable
    String record();

    /**
     * Starts a value.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link MLTrainStatus}. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonPOJOBuilder(withPrefix = "")
    final class Builder extends ImmutableMLTrainStatus.Builder {}
}
