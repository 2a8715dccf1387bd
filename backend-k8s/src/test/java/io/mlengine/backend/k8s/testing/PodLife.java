package io.mlengine.backend.k8s.testing;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One pod as its kubelet sees it: the states of its containers. Each step returns the patch of the pod's status that the
 * kubelet would send; a strategic merge patch, whose uid keeps it from a later pod of the same name. Not thread-safe.
 */
final class PodLife {
    private static final String HOST_ADDRESS = "192.0.2.1";

    private final String address;
    private final Map<String, ContainerState> states = new HashMap<>();
    private Pod pod;
    private String startTime;
    private Stage stage;

    /** How far it has come. */
    enum Stage {
        NEW,
        RUNNING,
        ENDED
    }

    /** A pod that has just been bound, or that another kubelet had begun with. */
    PodLife(Pod pod, String address) {
        this.pod = pod;
        this.address = address;
        startTime = Objects.requireNonNullElse(pod.getStatus().getStartTime(), now());
        pod.getStatus().getInitContainerStatuses().forEach(old -> states.put(old.getName(), old.getState()));
        pod.getStatus().getContainerStatuses().forEach(old -> states.put(old.getName(), old.getState()));
        stage = switch (pod.getStatus().getPhase()) {
            case "Running" -> Stage.RUNNING;
            case "Succeeded", "Failed" -> Stage.ENDED;
            default -> Stage.NEW;
        };
    }

    Pod pod() {
        return pod;
    }

    Stage stage() {
        return stage;
    }

    boolean hasRunningContainers() {
        return states.values().stream().anyMatch(state -> state.getRunning() != null);
    }

    void update(Pod newer) {
        pod = newer;
    }

    /** The containers are being created. */
    String creating() {
        String reason = pod.getSpec().getInitContainers().isEmpty() ? "ContainerCreating" : "PodInitializing";
        pod.getSpec().getInitContainers().forEach(container -> waiting(container, "PodInitializing", null));
        pod.getSpec().getContainers().forEach(container -> waiting(container, reason, null));
        return patch();
    }

    /** The image of the main container cannot be pulled; told twice, as the kubelet does. */
    String pullFails(boolean isFirstTime) {
        String image = main().getImage();
        if (isFirstTime) {
            waiting(
                    main(),
                    "ErrImagePull",
                    "rpc error: code = NotFound desc = failed to pull and unpack image \"" + image
                            + "\": failed to resolve reference \"" + image + "\": not found");
        } else {
            waiting(main(), "ImagePullBackOff", "Back-off pulling image \"" + image + "\"");
        }
        return patch();
    }

    /** The first init container has failed, so nothing else runs. */
    String initFails() {
        terminated(pod.getSpec().getInitContainers().get(0), PodEnd.exit(1), now());
        stage = Stage.ENDED;
        return patch();
    }

    /** All containers run. */
    String running() {
        pod.getSpec().getInitContainers().forEach(container -> terminated(container, PodEnd.exit(0), now()));
        pod.getSpec()
                .getContainers()
                .forEach(container -> states.put(
                        container.getName(),
                        new ContainerStateBuilder().withNewRunning(now()).build()));
        stage = Stage.RUNNING;
        return patch();
    }

    /** The main container has ended by itself; side containers still run. */
    String ended(PodEnd how) {
        if (how.kind() == PodEnd.Kind.EVICTED) {
            return evicted();
        }
        terminated(main(), how, startOf(main()));
        stage = Stage.ENDED;
        return patch();
    }

    /** All containers that ran have ended, as the pod is being deleted. */
    String stopped(PodEnd how) {
        pod.getSpec().getContainers().stream()
                .filter(container -> state(container).getRunning() != null)
                .forEach(container -> terminated(container, how, startOf(container)));
        stage = Stage.ENDED;
        return patch();
    }

    /** Nothing has changed, but others may have written. */
    String unchanged() {
        return patch();
    }

    /** The kubelet of 1.20 forgets the containers of a pod that it evicts. */
    private String evicted() {
        stage = Stage.ENDED;
        states.clear();
        return withoutContainers("Evicted", "The node was low on resource: memory. ");
    }

    /** The kubelet has refused the pod. */
    String refused() {
        stage = Stage.ENDED;
        return withoutContainers(
                "UnexpectedAdmissionError",
                "Pod Allocate failed due to requested number of devices unavailable for nvidia.com/gpu."
                        + " Requested: 1, Available: 0, which is unexpected");
    }

    private String withoutContainers(String reason, String message) {
        Map<String, Object> status = new HashMap<>();
        status.put("phase", "Failed");
        status.put("reason", reason);
        status.put("message", message);
        status.put("startTime", startTime);
        status.put("conditions", null);
        status.put("containerStatuses", null);
        status.put("initContainerStatuses", null);
        return Serialization.asJson(
                Map.of("metadata", Map.of("uid", pod.getMetadata().getUid()), "status", status));
    }

    private String patch() {
        PodStatus status = new KubeletStatus(pod, states)
                .at(now(), startTime, HOST_ADDRESS, stage == Stage.RUNNING ? address : null);
        return Serialization.asJson(new PodBuilder()
                .withNewMetadata()
                .withUid(pod.getMetadata().getUid())
                .endMetadata()
                .withStatus(status)
                .build());
    }

    private void waiting(Container container, String reason, @Nullable String message) {
        states.put(
                container.getName(),
                new ContainerStateBuilder().withNewWaiting(message, reason).build());
    }

    private void terminated(Container container, PodEnd how, String startedAt) {
        states.put(
                container.getName(),
                new ContainerStateBuilder()
                        .withNewTerminated()
                        .withExitCode(how.exitCode())
                        .withReason(how.reason())
                        .withStartedAt(startedAt)
                        .withFinishedAt(now())
                        .withContainerID(KubeletStatus.containerId(pod, container.getName()))
                        .endTerminated()
                        .build());
    }

    private String startOf(Container container) {
        return state(container).getRunning().getStartedAt();
    }

    private ContainerState state(Container container) {
        return Objects.requireNonNull(states.get(container.getName()));
    }

    private Container main() {
        List<Container> containers = pod.getSpec().getContainers();
        return containers.stream()
                .filter(container -> container.getName().equals("main"))
                .findFirst()
                .orElse(containers.get(0));
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
