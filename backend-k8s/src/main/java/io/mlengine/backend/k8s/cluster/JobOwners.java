package io.mlengine.backend.k8s.cluster;

import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.spi.model.JobId;
import java.util.Optional;

/** Finds the object that a job's pods belong to. */
@FunctionalInterface
public interface JobOwners {
    /**
     * Finds a job's object; answers from memory, at once and from any thread.
     *
     * @param job the job
     * @return its object, or empty when there is none any more
     */
    Optional<JobOwner> find(JobId job);
}
