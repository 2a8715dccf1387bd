package io.mlengine.backend.k8s.resource;

/** The names that the engine writes on its objects, and by which it finds them again. */
public final class Labels {
    /** API group of the engine's own resources. */
    public static final String GROUP = "mlengine.io";

    /** Version of the engine's own resources. */
    public static final String VERSION = "v1";

    /** Field manager of everything that the engine writes; also its name as a scheduler. */
    public static final String MANAGER = "mlengine";

    /** Label of everything that the engine makes; its value is {@link #MANAGER}. */
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    /** Label: uid of the {@code MLTrain}. */
    public static final String JOB_UID = "mlengine.io/job-uid";

    /** Label: name of the {@code MLTrain}. */
    public static final String JOB_NAME = "mlengine.io/job-name";

    /** Label: the replica's role. */
    public static final String ROLE = "mlengine.io/role";

    /** Label: the replica's index inside its role, from 0. */
    public static final String INDEX = "mlengine.io/index";

    /** Label: number of the attempt, from 1. */
    public static final String ATTEMPT = "mlengine.io/attempt";

    /** Label: how often this replica alone was started again inside its attempt. */
    public static final String RESTART = "mlengine.io/restart";

    /** Label: the queue that pays. */
    public static final String QUEUE = "mlengine.io/queue";

    /** Label of pods of others: name of their gang in its namespace, which is placed as a whole. */
    public static final String GANG = "mlengine.io/gang";

    /** Annotation of pods of others: how many pods their gang has. */
    public static final String GANG_SIZE = "mlengine.io/gang-size";

    /** Annotation of pods of others: with the value {@code false} they are not evicted for a more important gang. */
    public static final String PREEMPTIBLE = "mlengine.io/preemptible";

    /** Label of a namespace: with the value {@code disabled} the webhooks leave its pods alone. */
    public static final String INJECTION = "mlengine.io/injection";

    /** Annotation: fence of the engine that ordered the object; an older engine's orders are refused by it. */
    public static final String FENCE = "mlengine.io/fence";

    /** Annotation: the node that the engine chose for a pod. */
    public static final String NODE = "mlengine.io/node";

    /**
     * Annotation of a pod of ours with code from git: what git-sync fetches. The one commit of the attempt; before that is
     * known, what the job names.
     */
    public static final String CODE_REVISION = "mlengine.io/code-revision";

    /** Annotation of an {@code MLTrain}: who submitted it, as the API server authenticated them. */
    public static final String USER = "mlengine.io/user";

    /** Finalizer of an {@code MLTrain}: its pods are stopped and its usage is written before it goes. */
    public static final String FINALIZER = "mlengine.io/cleanup";

    private Labels() {}
}
