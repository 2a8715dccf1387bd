package io.mlengine.plugins.tensorflow;

import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a role does in a TensorFlow cluster; the role's name says it. Other roles only accompany the training. */
enum TaskType {
    /** Coordinates, or is the worker that saves. */
    CHIEF,
    /** The chief, as TensorFlow 1 calls it. */
    MASTER,
    /** Computes. */
    WORKER,
    /** Keeps variables, and never ends by itself. */
    PS,
    /** Tries out checkpoints beside the training; no member of the others' cluster. */
    EVALUATOR;

    /** The name of the role, and of the job in {@code TF_CONFIG}. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<TaskType> of(Role role) {
        return Stream.of(values())
                .filter(type -> type.label().equals(role.name()))
                .findFirst();
    }

    Optional<Role> in(JobShape job) {
        return job.role(label());
    }

    boolean isIn(JobShape job) {
        return in(job).isPresent();
    }

    /** The roles of a job that take part in the cluster. */
    static List<Role> rolesOf(JobShape job) {
        return job.roles().stream().filter(role -> of(role).isPresent()).toList();
    }

    /** Tells whether a role trains, so that the job is about it: a chief or the workers. */
    boolean trains() {
        return this == CHIEF || this == MASTER || this == WORKER;
    }
}
