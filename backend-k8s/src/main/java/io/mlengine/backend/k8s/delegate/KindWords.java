package io.mlengine.backend.k8s.delegate;

import io.mlengine.core.job.DelegateKind;
import java.util.Map;
import java.util.Optional;

/**
 * How a kind of Kubeflow names its parts.
 *
 * @param plural the kind in paths of the API
 * @param replicaSpecs field of the spec that holds the roles
 * @param container name of the container that trains
 * @param port name of the container port that the operator reads, empty for none
 * @param portOption the framework's option for that port, empty for none
 */
record KindWords(String plural, String replicaSpecs, String container, String port, String portOption) {
    private static final Map<String, String> ROLES = Map.of(
            "chief", "Chief",
            "master", "Master",
            "ps", "PS",
            "worker", "Worker",
            "evaluator", "Evaluator",
            "launcher", "Launcher");

    static KindWords of(DelegateKind kind) {
        return switch (kind) {
            case TF_JOB -> new KindWords("tfjobs", "tfReplicaSpecs", "tensorflow", "tfjob-port", "port");
            case PYTORCH_JOB ->
                new KindWords("pytorchjobs", "pytorchReplicaSpecs", "pytorch", "pytorchjob-port", "masterPort");
            case XGBOOST_JOB ->
                new KindWords("xgboostjobs", "xgbReplicaSpecs", "xgboost", "xgboostjob-port", "masterPort");
            case MPI_JOB -> new KindWords("mpijobs", "mpiReplicaSpecs", "mpi", "", "");
        };
    }

    /** The key of a role's replica spec. */
    static String role(String role) {
        return Optional.ofNullable(ROLES.get(role))
                .orElseThrow(() -> new IllegalArgumentException("no kind has the role " + role));
    }
}
