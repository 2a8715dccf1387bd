package io.mlengine.backend.k8s.delegate;

import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.core.job.JobRecord.Desired;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Role;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of a job that another controller runs, at one moment.
 *
 * @param train the job, with the sizes that are wished now; handed to the kind that it was accepted for
 * @param isReadable whether the spec could be read; if not, the job has no roles
 * @param desired whether it shall run
 * @param generation of the spec
 * @param status what its object says so far; a value without anything where that is nothing
 * @param found what was found in the place of the other controller's object
 * @param object that object, when it is ours
 */
record DelegateView(
        MLTrain train,
        boolean isReadable,
        Desired desired,
        long generation,
        MLTrainStatus status,
        Found found,
        Optional<KubeflowJob> object) {
    /** What is there. */
    enum Found {
        /** The job's own object. */
        OURS,
        /** An object of that name which belongs to somebody else. */
        OTHERS,
        /** No object. */
        NOTHING,
        /** The cluster does not know the kind. */
        NO_KIND,
        /** Nobody knows: this process may not look. */
        NO_ACCESS
    }

    DelegateView with(MLTrainStatus written) {
        return new DelegateView(train, isReadable, desired, generation, written, found, object);
    }

    /** Elastic role to its wished size. */
    SortedMap<String, Integer> sizes() {
        SortedMap<String, Integer> sizes = new TreeMap<>();
        train.roles().stream().filter(Role::isElastic).forEach(role -> sizes.put(role.name(), role.replicas()));
        return sizes;
    }
}
