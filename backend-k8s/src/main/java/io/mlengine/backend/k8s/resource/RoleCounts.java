package io.mlengine.backend.k8s.resource;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.model.Role;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;

/** Counts the replicas of a job's newest attempt. */
final class RoleCounts {
    private RoleCounts() {}

    static List<MLTrainRoleStatus> of(JobRecord record) {
        return record.train().roles().stream().map(role -> of(record, role)).toList();
    }

    private static MLTrainRoleStatus of(JobRecord record, Role role) {
        int running = 0;
        int ready = 0;
        int succeeded = 0;
        int failed = 0;
        for (ReplicaRecord replica : replicas(record)) {
            if (replica.key().role().equals(role.name())) {
                switch (replica.current().state()) {
                    case STARTED -> running++;
                    case READY -> {
                        running++;
                        ready++;
                    }
                    case SUCCEEDED -> succeeded++;
                    case FAILED, LOST -> failed++;
                    case PENDING, PREPARING, STOPPING, GONE -> {}
                }
            }
        }
        return MLTrainRoleStatus.builder()
                .name(role.name())
                .replicas(record.size(role.name()))
                .running(running)
                .ready(ready)
                .succeeded(succeeded)
                .failed(failed)
                .build();
    }

    /** Replicas of a role that may hold a pod. */
    static int alive(JobRecord record, String role) {
        return (int) replicas(record).stream()
                .filter(replica -> replica.key().role().equals(role))
                .filter(ReplicaRecord::mayLive)
                .filter(replica -> replica.current().state() != ReplicaState.LOST)
                .count();
    }

    private static Collection<ReplicaRecord> replicas(JobRecord record) {
        return record.attempt().map(Attempt::replicas).map(SortedMap::values).orElse(List.of());
    }
}
