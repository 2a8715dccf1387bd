package io.mlengine.backend.k8s.testing;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Derives a pod's status from the states of its containers by the rules of kubelet 1.20 for pods that are never
 * restarted. Pure.
 */
final class KubeletStatus {
    private final Pod pod;
    private final Map<String, ContainerState> states;

    /** All containers, init containers too, must have a state. */
    KubeletStatus(Pod pod, Map<String, ContainerState> states) {
        this.pod = pod;
        this.states = states;
    }

    PodStatus at(String now, String startTime, String hostAddress, @Nullable String address) {
        PodStatusBuilder status = new PodStatusBuilder()
                .withPhase(phase())
                .withHostIP(hostAddress)
                .withStartTime(startTime)
                .withConditions(initialized(now), ready("Ready", now), ready("ContainersReady", now))
                .withInitContainerStatuses(
                        initContainers().stream().map(this::status).toList())
                .withContainerStatuses(containers().stream()
                        .sorted(Comparator.comparing(Container::getName))
                        .map(this::status)
                        .toList());
        if (address != null) {
            status.withPodIP(address).withPodIPs(new PodIP(address));
        }
        return status.build();
    }

    String phase() {
        if (initContainers().stream().anyMatch(is(KubeletStatus::hasFailed))) {
            return "Failed";
        }
        if (!initContainers().stream().allMatch(is(KubeletStatus::hasSucceeded))
                || containers().stream().anyMatch(is(state -> state.getWaiting() != null))) {
            return "Pending";
        }
        if (containers().stream().anyMatch(is(state -> state.getRunning() != null))) {
            return "Running";
        }
        return containers().stream().allMatch(is(KubeletStatus::hasSucceeded)) ? "Succeeded" : "Failed";
    }

    private PodCondition initialized(String now) {
        List<String> incomplete = names(
                initContainers().stream().filter(is(KubeletStatus::hasSucceeded).negate()));
        PodConditionBuilder condition = condition("Initialized", incomplete.isEmpty(), now);
        if (!incomplete.isEmpty()) {
            condition
                    .withReason("ContainersNotInitialized")
                    .withMessage("containers with incomplete status: [" + String.join(" ", incomplete) + "]");
        } else if (phase().equals("Succeeded")) {
            condition.withReason("PodCompleted");
        }
        return condition.build();
    }

    private PodCondition ready(String type, String now) {
        List<String> unready = names(containers().stream().filter(is(state -> state.getRunning() == null)));
        PodConditionBuilder condition = condition(type, unready.isEmpty(), now);
        if (phase().equals("Succeeded")) {
            condition.withReason("PodCompleted");
        } else if (!unready.isEmpty()) {
            condition
                    .withReason("ContainersNotReady")
                    .withMessage("containers with unready status: [" + String.join(" ", unready) + "]");
        }
        return condition.build();
    }

    private PodConditionBuilder condition(String type, boolean isTrue, String now) {
        String status = isTrue ? "True" : "False";
        String since = pod.getStatus().getConditions().stream()
                .filter(old -> old.getType().equals(type) && old.getStatus().equals(status))
                .map(PodCondition::getLastTransitionTime)
                .findFirst()
                .orElse(now);
        return new PodConditionBuilder().withType(type).withStatus(status).withLastTransitionTime(since);
    }

    private ContainerStatus status(Container container) {
        ContainerState state = state(container);
        boolean isRunning = state.getRunning() != null;
        boolean isInit = initContainers().contains(container);
        ContainerStatusBuilder status = new ContainerStatusBuilder()
                .withName(container.getName())
                .withImage(container.getImage())
                .withImageID("")
                .withReady(isInit ? hasSucceeded(state) : isRunning)
                .withRestartCount(0)
                .withState(state)
                .withNewLastState()
                .endLastState();
        if (!isInit) {
            status.withStarted(isRunning);
        }
        if (state.getWaiting() == null) {
            status.withContainerID(containerId(pod, container.getName()))
                    .withImageID("sha256:" + hex(container.getImage()));
        }
        return status.build();
    }

    static String containerId(Pod pod, String container) {
        return "containerd://" + hex(pod.getMetadata().getUid() + "/" + container);
    }

    private static String hex(String of) {
        return UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "")
                .repeat(2);
    }

    private static boolean hasSucceeded(ContainerState state) {
        return state.getTerminated() != null && state.getTerminated().getExitCode() == 0;
    }

    private static boolean hasFailed(ContainerState state) {
        return state.getTerminated() != null && state.getTerminated().getExitCode() != 0;
    }

    private Predicate<Container> is(Predicate<ContainerState> what) {
        return container -> what.test(state(container));
    }

    private ContainerState state(Container container) {
        ContainerState state = states.get(container.getName());
        if (state == null) {
            throw new IllegalArgumentException("no state of container " + container.getName());
        }
        return state;
    }

    private List<Container> containers() {
        return pod.getSpec().getContainers();
    }

    private List<Container> initContainers() {
        return pod.getSpec().getInitContainers();
    }

    private static List<String> names(Stream<Container> containers) {
        return containers.map(Container::getName).toList();
    }
}
