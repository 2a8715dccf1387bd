package io.mlengine.core.job;

import io.mlengine.spi.model.Artifact;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.JobEnvironment;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ModelStyle;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.immutables.value.Value;

/**
 * A training job as the user wishes it: the same document on one machine and on a cluster. An instance may be invalid;
 * only {@code core.admission} judges, and it tells everything that is wrong.
 */
@ModelStyle
@Value.Immutable
public interface MLTrain {
    /** The document's {@code apiVersion}. */
    String API_VERSION = "mlengine.io/v1";

    /** The document's {@code kind}. */
    String KIND = "MLTrain";

    /**
     * Name, a DNS label, unique in its namespace among jobs that have not ended.
     *
     * @return the name
     */
    String name();

    /**
     * Namespace.
     *
     * @return the namespace, {@code default} by default
     */
    default @Value.Default String namespace() {
        return "default";
    }

    /**
     * Labels to find it by.
     *
     * @return key to value
     */
    @Value.NaturalOrder
    SortedMap<String, String> labels();

    /**
     * Remarks that the engine keeps and does not read.
     *
     * @return key to value
     */
    @Value.NaturalOrder
    SortedMap<String, String> annotations();

    /**
     * The framework that launches it, for example {@code pytorch}.
     *
     * @return the framework's name; kept as text because an invalid one must be representable
     */
    String framework();

    /**
     * Options of the framework.
     *
     * @return the options
     */
    default @Value.Default FrameworkOptions frameworkOptions() {
        return FrameworkOptions.EMPTY;
    }

    /**
     * Groups of equal replicas.
     *
     * @return the roles, in the document's order
     */
    List<Role> roles();

    /**
     * Queue that it waits in.
     *
     * @return the queue, {@code default} by default
     */
    default @Value.Default String queue() {
        return "default";
    }

    /**
     * Importance, over all queues: higher starts earlier and may preempt lower.
     *
     * @return the priority, 0 by default
     */
    default @Value.Default int priority() {
        return 0;
    }

    /**
     * Whether it may be stopped in favour of a more important job.
     *
     * @return true by default
     */
    default @Value.Default boolean preemptible() {
        return true;
    }

    /**
     * Where the program comes from.
     *
     * @return the source, or empty
     */
    Optional<CodeSource> code();

    /**
     * Named inputs.
     *
     * @return the inputs
     */
    List<DataSource> inputs();

    /**
     * Named outputs.
     *
     * @return the outputs
     */
    List<Artifact> outputs();

    /**
     * What all replicas find around them.
     *
     * @return the environment
     */
    default @Value.Default JobEnvironment environment() {
        return JobEnvironment.NONE;
    }

    /**
     * Retries, timeouts, cleaning up.
     *
     * @return the policy
     */
    default @Value.Default RunPolicy runPolicy() {
        return RunPolicy.DEFAULT;
    }

    /**
     * Wishes to the scheduler.
     *
     * @return the wishes
     */
    default @Value.Default SchedulingWishes scheduling() {
        return SchedulingWishes.NONE;
    }

    /**
     * When it counts as succeeded.
     *
     * @return the policy
     */
    default @Value.Default SuccessPolicy success() {
        return SuccessPolicy.DECIDERS;
    }

    /**
     * Who runs it instead of the engine.
     *
     * @return the kind of object that it is handed to, or empty when the engine runs it
     */
    Optional<Delegate> delegate();

    /**
     * The part that launchers and backends see.
     *
     * @return the shape
     * @throws IllegalArgumentException when the framework's name has no valid form
     */
    default JobShape shape() {
        return JobShape.builder()
                .name(name())
                .namespace(namespace())
                .framework(FrameworkName.of(framework()))
                .options(frameworkOptions())
                .roles(roles())
                .code(code())
                .inputs(inputs())
                .outputs(outputs())
                .environment(environment())
                .build();
    }

    /**
     * Starts a job.
     *
     * @param name its name
     * @return a builder that has the name
     */
    static Builder named(String name) {
        return builder().name(name);
    }

    /**
     * Starts a job.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds an {@link MLTrain}. */
    final class Builder extends ImmutableMLTrain.Builder {}
}
