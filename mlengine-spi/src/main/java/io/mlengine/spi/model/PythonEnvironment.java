package io.mlengine.spi.model;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.immutables.value.Value;

/** The Python that the job's command finds as {@code python}. */
@ModelStyle
@Value.Immutable
public interface PythonEnvironment {
    /**
     * An existing interpreter to use as it is.
     *
     * @return its path, or empty to look for one
     */
    Optional<String> interpreter();

    /**
     * Requirements in pip's words. An interpreter that already meets them is used; else an environment is made once and
     * cached.
     *
     * @return the requirements
     */
    List<String> requirements();

    /**
     * What counts instead of {@link #requirements} when the job was given GPUs, for frameworks whose packages have another
     * name there. Backends without this choice, such as one that runs images, ignore it.
     *
     * @return the requirements, empty when they are the same
     */
    List<String> gpuRequirements();

    /**
     * Whether a made environment also sees the packages of the interpreter that it is made from.
     *
     * @return false by default
     */
    default @Value.Default boolean systemSitePackages() {
        return false;
    }

    /**
     * Variables that pip sees while it makes the environment, for packages that are built from source. Another value
     * means another environment.
     *
     * @return name to value
     */
    @Value.NaturalOrder
    SortedMap<String, String> buildVariables();

    /**
     * Makes the choice between both sets of requirements.
     *
     * @param hasGpus whether the job was given any
     * @return this environment with one set
     */
    default PythonEnvironment chosen(boolean hasGpus) {
        return builder()
                .from(this)
                .requirements(hasGpus && !gpuRequirements().isEmpty() ? gpuRequirements() : requirements())
                .gpuRequirements(List.of())
                .build();
    }

    /**
     * Starts an environment.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link PythonEnvironment}. */
    final class Builder extends ImmutablePythonEnvironment.Builder {}
}
