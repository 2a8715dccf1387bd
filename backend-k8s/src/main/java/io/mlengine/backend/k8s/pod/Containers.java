package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what a node says about the containers of a pod; everything in it may be missing. */
final class Containers {
    private static final int MOST_LINES = 20;
    private static final int MOST_MESSAGE = 500;

    private Containers() {}

    static Optional<PodStatus> status(Pod pod) {
        return Optional.ofNullable(pod.getStatus());
    }

    static String phase(Pod pod) {
        return status(pod).map(PodStatus::getPhase).orElse("");
    }

    /** Init containers first, in the order in which they run. */
    static Stream<ContainerStatus> all(Pod pod) {
        return Stream.concat(init(pod), status(pod).stream().flatMap(status -> status.getContainerStatuses().stream()));
    }

    static Stream<ContainerStatus> init(Pod pod) {
        return status(pod).stream().flatMap(status -> status.getInitContainerStatuses().stream());
    }

    static Optional<ContainerStatus> main(Pod pod) {
        return status(pod).stream()
                .flatMap(status -> status.getContainerStatuses().stream())
                .filter(status -> status.getName().equals(PodNames.MAIN))
                .findFirst();
    }

    static Optional<ContainerStateWaiting> waiting(ContainerStatus status) {
        return Optional.ofNullable(status.getState()).map(ContainerState::getWaiting);
    }

    static Optional<ContainerStateRunning> running(ContainerStatus status) {
        return Optional.ofNullable(status.getState()).map(ContainerState::getRunning);
    }

    static Optional<ContainerStateTerminated> terminated(ContainerStatus status) {
        return Optional.ofNullable(status.getState()).map(ContainerState::getTerminated);
    }

    /** A time of the API; runtimes write the beginning of time where they know none. */
    static Optional<Instant> time(@Nullable String text) {
        try {
            return Optional.ofNullable(text)
                    .map(known -> OffsetDateTime.parse(known).toInstant())
                    .filter(time -> time.isAfter(Instant.EPOCH));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The last lines of its output, which the node keeps when a container fails. */
    static List<String> lastLines(ContainerStateTerminated terminated) {
        List<String> lines = text(terminated.getMessage()).lines().toList();
        return lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size());
    }

    static String text(@Nullable String text) {
        return text == null ? "" : text.strip();
    }

    static String shortened(String text) {
        return text.length() <= MOST_MESSAGE ? text : text.substring(0, MOST_MESSAGE) + "...";
    }
}
