package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.mlengine.spi.model.ReplicaId;
import org.jspecify.annotations.Nullable;

/** Pods with the states that nodes write. */
final class SamplePods {
    static final ReplicaId ID = new ReplicaId(SampleJobs.attempt(2), "worker", 1, 0);
    static final String STARTED = "2026-11-26T10:00:00Z";
    static final String ENDED = "2026-11-26T10:05:00Z";

    private SamplePods() {}

    static PodBuilder pod(String phase) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("bert-worker-1-a2")
                .withResourceVersion("1000")
                .withLabels(ReplicaIds.labels(SampleJobs.owner("bert"), ID))
                .endMetadata()
                .withNewSpec()
                .withNodeName("node-1")
                .endSpec()
                .withNewStatus()
                .withPhase(phase)
                .endStatus();
    }

    static PodBuilder running() {
        return with(pod("Running"), running(PodNames.MAIN));
    }

    static PodBuilder ended(String phase, int code, String reason) {
        return ended(phase, code, reason, null);
    }

    static PodBuilder ended(String phase, int code, String reason, @Nullable String message) {
        return with(pod(phase), terminated(PodNames.MAIN, code, reason, message));
    }

    static PodBuilder waiting(String container, String reason, @Nullable String message) {
        ContainerStatus status = new ContainerStatusBuilder()
                .withName(container)
                .withImage("example/torch:2")
                .withReady(false)
                .withNewState()
                .withNewWaiting()
                .withReason(reason)
                .withMessage(message)
                .endWaiting()
                .endState()
                .build();
        return with(pod("Pending"), status);
    }

    /** A pod whose init container has failed, so that its main container never runs. */
    static PodBuilder stepFailed(String step, String reason, @Nullable String message) {
        return withStep(
                waiting(PodNames.MAIN, "PodInitializing", null)
                        .editStatus()
                        .withPhase("Failed")
                        .endStatus(),
                terminated(step, 1, reason, message));
    }

    static PodBuilder with(PodBuilder pod, ContainerStatus status) {
        return pod.editStatus().addToContainerStatuses(status).endStatus();
    }

    static PodBuilder withStep(PodBuilder pod, ContainerStatus status) {
        return pod.editStatus().addToInitContainerStatuses(status).endStatus();
    }

    static ContainerStatus running(String container) {
        return new ContainerStatusBuilder()
                .withName(container)
                .withReady(true)
                .withStarted(true)
                .withNewState()
                .withNewRunning()
                .withStartedAt(STARTED)
                .endRunning()
                .endState()
                .build();
    }

    static ContainerStatus terminated(String container, int code, String reason, @Nullable String message) {
        return new ContainerStatusBuilder()
                .withName(container)
                .withReady(false)
                .withNewState()
                .withNewTerminated()
                .withExitCode(code)
                .withReason(reason)
                .withMessage(message)
                .withStartedAt(STARTED)
                .withFinishedAt(ENDED)
                .endTerminated()
                .endState()
                .build();
    }

    /** Somebody has asked for its deletion at 10:04:30. */
    static Pod deleting(PodBuilder pod) {
        return pod.editMetadata()
                .withDeletionTimestamp("2026-11-26T10:05:00Z")
                .withDeletionGracePeriodSeconds(30L)
                .endMetadata()
                .build();
    }

    static PodBuilder reason(PodBuilder pod, String reason, @Nullable String message) {
        return pod.editStatus().withReason(reason).withMessage(message).endStatus();
    }
}
