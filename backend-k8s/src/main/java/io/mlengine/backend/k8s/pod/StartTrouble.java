package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.spi.model.FailureClass;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Why a container of a pod cannot be started, for now. The node tries again without end; whoever loses patience deletes
 * the pod, and only when it is gone reports {@link PodStatuses#notStarted}.
 *
 * @param failureClass whose fault it is
 * @param reason the node's word, for example {@code ImagePullBackOff}
 * @param message one sentence for people
 * @param isFinal whether trying again is useless
 */
public record StartTrouble(FailureClass failureClass, String reason, String message, boolean isFinal) {
    private static final Map<String, FailureClass> REASONS = Map.of(
            "ErrImagePull", FailureClass.CONFIGURATION,
            "ImagePullBackOff", FailureClass.CONFIGURATION,
            "ErrImageNeverPull", FailureClass.CONFIGURATION,
            "InvalidImageName", FailureClass.CONFIGURATION,
            "CreateContainerConfigError", FailureClass.CONFIGURATION,
            "CreateContainerError", FailureClass.CONFIGURATION,
            "ImageInspectError", FailureClass.INFRASTRUCTURE,
            "RegistryUnavailable", FailureClass.INFRASTRUCTURE,
            "PreCreateHookError", FailureClass.INFRASTRUCTURE);

    /**
     * Looks for trouble.
     *
     * @param pod the pod
     * @return the trouble of its first container that has some, or empty
     */
    public static Optional<StartTrouble> of(Pod pod) {
        return Containers.all(pod)
                .flatMap(status -> Containers.waiting(status)
                        .filter(waiting -> REASONS.containsKey(String.valueOf(waiting.getReason())))
                        .map(waiting -> of(status.getName(), status.getImage(), waiting))
                        .stream())
                .findFirst();
    }

    private static StartTrouble of(String container, String image, ContainerStateWaiting waiting) {
        String reason = waiting.getReason();
        String message = "container " + container + " (image " + image + ") cannot be started: " + reason
                + (waiting.getMessage() == null ? "" : ", " + waiting.getMessage());
        return new StartTrouble(
                REASONS.getOrDefault(reason, FailureClass.INFRASTRUCTURE),
                reason,
                Containers.shortened(message),
                reason.equals("InvalidImageName"));
    }

    /**
     * Tells whether to give the pod up.
     *
     * @param lasted how long there has been trouble
     * @param patience how long trouble may last
     * @return true when trying again is useless or has been tried long enough
     */
    public boolean isHopeless(Duration lasted, Duration patience) {
        return isFinal || lasted.compareTo(patience) >= 0;
    }
}
