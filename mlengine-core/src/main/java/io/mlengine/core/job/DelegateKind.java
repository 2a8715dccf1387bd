package io.mlengine.core.job;

import java.util.List;

/** The kinds of the Kubeflow training operator that a job may be handed to, each with the framework that it runs. */
public enum DelegateKind {
    /** TensorFlow. */
    TF_JOB("TFJob", "tensorflow", List.of("chief", "master", "ps", "worker", "evaluator")),
    /** PyTorch. */
    PYTORCH_JOB("PyTorchJob", "pytorch", List.of("master", "worker")),
    /** XGBoost. */
    XGBOOST_JOB("XGBoostJob", "xgboost", List.of("master", "worker")),
    /** MPI; there is an operator of its own for the newer version. */
    MPI_JOB("MPIJob", "mpi", List.of("launcher", "worker"));

    /** The version that all kinds have. */
    public static final String USUAL_VERSION = "kubeflow.org/v1";

    /** The version of {@link #MPI_JOB} whose workers are reached by ssh. */
    public static final String MPI_V2 = "kubeflow.org/v2beta1";

    private final String word;
    private final String framework;
    private final List<String> roles;

    DelegateKind(String word, String framework, List<String> roles) {
        this.word = word;
        this.framework = framework;
        this.roles = roles;
    }

    /**
     * The kind as it is written.
     *
     * @return for example {@code PyTorchJob}
     */
    public String word() {
        return word;
    }

    /**
     * The framework whose jobs it runs.
     *
     * @return the framework's name
     */
    public String framework() {
        return framework;
    }

    /**
     * The roles that it knows.
     *
     * @return their names
     */
    public List<String> roles() {
        return roles;
    }

    /**
     * The versions that there are of it.
     *
     * @return groups with versions, the usual one first
     */
    public List<String> versions() {
        return this == MPI_JOB ? List.of(USUAL_VERSION, MPI_V2) : List.of(USUAL_VERSION);
    }
}
