package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.backend.k8s.pod.PodNames;
import io.mlengine.backend.k8s.pod.ReplicaIds;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ReplicaId;
import java.util.Optional;

/** Pods of one job as an API server would show them. */
final class TestPods {
    static final JobOwner OWNER = new JobOwner("mlengine.io/v1", "MLTrain", "team", "bert", "7d9f");
    static final AttemptId ATTEMPT = new AttemptId(JobIds.of(OWNER.uid()), 1);
    static final JobOwners OWNERS =
            job -> Optional.of(OWNER).filter(owner -> JobIds.of(owner.uid()).equals(job));

    private TestPods() {}

    static ReplicaId replica(int index) {
        return new ReplicaId(ATTEMPT, "worker", index, 0);
    }

    static PodBuilder pod(ReplicaId replica, long version) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(OWNER.namespace())
                .withName(PodNames.pod(OWNER.name(), replica))
                .withUid("uid-" + replica.index())
                .withResourceVersion(Long.toString(version))
                .withLabels(ReplicaIds.labels(OWNER, replica))
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Pending")
                .endStatus();
    }

    static Pod running(ReplicaId replica, long version, String node) {
        return pod(replica, version)
                .editSpec()
                .withNodeName(node)
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .addNewContainerStatus()
                .withName("main")
                .withStarted(true)
                .withNewState()
                .withNewRunning("2026-11-26T10:00:00Z")
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }

    static Pod ended(ReplicaId replica, long version, String node, int code) {
        return pod(replica, version)
                .editSpec()
                .withNodeName(node)
                .endSpec()
                .withNewStatus()
                .withPhase(code == 0 ? "Succeeded" : "Failed")
                .addNewContainerStatus()
                .withName("main")
                .withNewState()
                .withNewTerminated()
                .withExitCode(code)
                .withStartedAt("2026-11-26T10:00:00Z")
                .withFinishedAt("2026-11-26T10:01:00Z")
                .endTerminated()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }
}
