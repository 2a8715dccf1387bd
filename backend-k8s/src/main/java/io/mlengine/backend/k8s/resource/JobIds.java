package io.mlengine.backend.k8s.resource;

import io.mlengine.spi.model.JobId;

/** Job ids of jobs that live in a cluster: the uid of the {@code MLTrain}, which may begin with a digit, after a prefix. */
public final class JobIds {
    private static final String PREFIX = "job-";

    private JobIds() {}

    /**
     * The id of a job.
     *
     * @param uid the object's uid
     * @return the id
     * @throws IllegalArgumentException when the text is no uid of an API server
     */
    public static JobId of(String uid) {
        return JobId.of(PREFIX + uid);
    }

    /**
     * The object of a job.
     *
     * @param job an id made by {@link #of}
     * @return the object's uid
     * @throws IllegalArgumentException when the id was made by something else
     */
    public static String uid(JobId job) {
        if (!job.value().startsWith(PREFIX)) {
            throw new IllegalArgumentException("not the id of an MLTrain object: " + job);
        }
        return job.value().substring(PREFIX.length());
    }
}
