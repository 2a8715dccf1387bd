package io.mlengine.core.convert;

import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A role while its document is read. */
final class RoleDraft {
    final String name;
    final ForeignValue source;
    final PodDraft pod = new PodDraft();
    final Role.Builder role;
    int replicas = 1;
    /** Whether it runs a program of the user; false where the launcher brings one. */
    boolean hasOwnProgram = true;

    ContainerDraft container = new ContainerDraft();
    private @Nullable ForeignValue restartPolicy;

    RoleDraft(String name, ForeignValue source) {
        this.name = name;
        this.source = source;
        this.role = Role.named(name);
    }

    Optional<ForeignValue> restartPolicy() {
        return Optional.ofNullable(restartPolicy);
    }

    void restartPolicy(ForeignValue value) {
        restartPolicy = value;
    }

    /** Chooses the container that trains; to be called when all of the pod has been read. */
    void chooseContainer(List<String> names) {
        container = pod.container(names);
    }
}
