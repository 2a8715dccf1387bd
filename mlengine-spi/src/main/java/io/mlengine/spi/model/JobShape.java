package io.mlengine.spi.model;

import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/** The part of a job that launchers and backends see: what runs, not who waits for it or how often it is retried. */
@ModelStyle
@Value.Immutable
public interface JobShape {
    /**
     * The job's name, a DNS label.
     *
     * @return the name
     */
    String name();

    /**
     * The job's namespace.
     *
     * @return the namespace
     */
    default @Value.Default String namespace() {
        return "default";
    }

    /**
     * The framework that launches it.
     *
     * @return the framework
     */
    FrameworkName framework();

    /**
     * The framework's options as written by the user.
     *
     * @return the options
     */
    default @Value.Default FrameworkOptions options() {
        return FrameworkOptions.EMPTY;
    }

    /**
     * The roles, in the document's order, with distinct names.
     *
     * @return the roles
     */
    List<Role> roles();

    /**
     * Where the program comes from.
     *
     * @return the source, or empty when image or machine already hold it
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
     * Finds a role.
     *
     * @param name its name
     * @return the role, or empty
     */
    default Optional<Role> role(String name) {
        return roles().stream().filter(role -> role.name().equals(name)).findFirst();
    }

    /**
     * Starts a shape.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link JobShape}. */
    final class Builder extends ImmutableJobShape.Builder {}
}
