package io.mlengine.backend.k8s.pod;

import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;

/** The names of a job's objects and addresses; for admitted jobs all are DNS labels of at most 63 characters. */
public final class PodNames {
    /** The container that runs the program. */
    public static final String MAIN = "main";

    /** The init container that brings the code. */
    public static final String CODE = "code";

    /** The side-car that keeps the code at the tip of a branch. */
    public static final String CODE_SYNC = "code-sync";

    /** The init container that installs what the job wants of Python. */
    public static final String PYTHON = "python";

    private static final int UID_DIGITS = 16;

    private PodNames() {}

    /**
     * Names a pod.
     *
     * @param job the job's name
     * @param replica which start of which replica
     * @return job-role-index-aN, with -rM after a restart of only this replica
     */
    public static String pod(String job, ReplicaId replica) {
        return replica.runName(job);
    }

    /**
     * Names the host that a replica sees itself on; the same after a restart of only this replica.
     *
     * @param job the job's name
     * @param attempt the attempt
     * @param key the replica
     * @return job-role-index-aN
     */
    public static String hostname(String job, AttemptId attempt, ReplicaKey key) {
        return new ReplicaId(attempt, key.role(), key.index(), 0).runName(job);
    }

    /**
     * Gives the address under which a replica is reached from other pods.
     *
     * @param owner the job's owner
     * @param attempt the attempt
     * @param key the replica
     * @return hostname.job.namespace.svc
     */
    public static String host(JobOwner owner, AttemptId attempt, ReplicaKey key) {
        return hostname(owner.name(), attempt, key) + "." + service(owner) + "." + owner.namespace() + ".svc";
    }

    /**
     * Names the headless Service of a job.
     *
     * @param owner the job's owner
     * @return the job's name
     */
    public static String service(JobOwner owner) {
        return owner.name();
    }

    /**
     * Names the Secret of an attempt. The name holds what nobody can choose, so that whoever names jobs cannot have the
     * engine remove a Secret of others, which it must not even read.
     *
     * @param owner the job's owner
     * @param attempt the attempt
     * @return the name
     */
    public static String secret(JobOwner owner, AttemptId attempt) {
        return owner.name() + "-a" + attempt.number() + "-" + Digests.of(owner.uid(), UID_DIGITS);
    }
}
