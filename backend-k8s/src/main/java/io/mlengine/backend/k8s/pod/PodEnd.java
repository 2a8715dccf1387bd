package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Whether a replica has ended, how, and whose fault it was. */
final class PodEnd {
    /** Reasons of a disruption that nothing has failed for: a drain, or a more important pod. */
    private static final Set<String> GIVEN_UP = Set.of("EvictionByEvictionAPI", "PreemptionByScheduler");

    private final Pod pod;
    private final PodView view;
    private final ReplicaStatus.Builder status;

    private PodEnd(Pod pod, PodView view, ReplicaStatus.Builder status) {
        this.pod = pod;
        this.view = view;
        this.status = status;
    }

    /** Writes the end into a status; false when something of the replica may be alive. */
    static boolean write(Pod pod, PodView view, ReplicaStatus.Builder status) {
        // Nodes have told of failed pods before their containers had ended.
        boolean runs = Containers.all(pod)
                .filter(container -> isOurs(container.getName()))
                .anyMatch(container -> Containers.running(container).isPresent());
        return !runs && new PodEnd(pod, view, status).write();
    }

    /** Webhooks of the cluster may add containers; they are not the replica's. */
    private static boolean isOurs(String container) {
        return container.equals(PodNames.MAIN) || container.equals(PodNames.CODE) || container.equals(PodNames.PYTHON);
    }

    private boolean write() {
        Optional<ContainerStateTerminated> main = Containers.main(pod).flatMap(Containers::terminated);
        String phase = Containers.phase(pod);
        if (main.isPresent()) {
            container(main.get());
            return true;
        }
        if (phase.equals("Succeeded")) {
            status.state(ReplicaState.SUCCEEDED).exit(ExitStatus.SUCCESS);
            return true;
        }
        if (phase.equals("Failed")) {
            notStarted();
            return true;
        }
        return false;
    }

    private void container(ContainerStateTerminated terminated) {
        Optional<ExitStatus> exit = Exits.of(terminated);
        status.startedAt(Containers.time(terminated.getStartedAt()))
                .endedAt(Containers.time(terminated.getFinishedAt()))
                .exit(exit);
        if (exit.isPresent() && exit.get().isSuccess()) {
            status.state(ReplicaState.SUCCEEDED);
            return;
        }
        status.state(ReplicaState.FAILED);
        if (Exits.isNotStarted(terminated)) {
            startError(terminated);
            return;
        }
        status.lastLines(Containers.lastLines(terminated));
        if (view.stopOrdered()) {
            told("Stopped", "stopped: " + text(exit));
        } else if (!disrupted(Containers.time(terminated.getFinishedAt()))) {
            byItself(terminated, exit);
        }
    }

    private void byItself(ContainerStateTerminated terminated, Optional<ExitStatus> exit) {
        if (exit.isEmpty()) {
            told(FailureClass.INFRASTRUCTURE, "ContainerLost", "the node has lost the container and does not know why");
        } else if (Exits.isOutOfMemory(terminated)) {
            told("OutOfMemory", "needed more memory than it may have: " + text(exit));
        } else {
            told(exit.get().signal() == 0 ? "ExitCode" : "Signal", text(exit));
        }
    }

    private static String text(Optional<ExitStatus> exit) {
        return exit.map(ExitStatus::toString).orElse("unknown exit");
    }

    /** Only what the job wrote into its command can be wrong; all else is the node's. */
    private void startError(ContainerStateTerminated terminated) {
        String said = Containers.text(terminated.getMessage());
        boolean isCommand = said.contains("executable file not found")
                || said.contains("no such file or directory")
                || said.contains("permission denied")
                || said.contains("is a directory");
        told(
                isCommand ? FailureClass.CONFIGURATION : FailureClass.INFRASTRUCTURE,
                isCommand ? "CommandNotFound" : "StartError",
                "the program could not be started: " + said);
    }

    private void notStarted() {
        Optional<ContainerStatus> step = Containers.init(pod)
                .filter(container -> Containers.terminated(container)
                        .filter(terminated -> terminated.getExitCode() != null && terminated.getExitCode() != 0)
                        .isPresent())
                .findFirst();
        status.state(ReplicaState.FAILED);
        if (view.stopOrdered()) {
            told("Stopped", "stopped before its program was started");
        } else if (!disrupted(step.flatMap(Containers::terminated)
                .flatMap(terminated -> Containers.time(terminated.getFinishedAt())))) {
            if (step.isPresent()) {
                step(step.get().getName(), Containers.terminated(step.get()).orElseThrow());
            } else {
                told(FailureClass.INFRASTRUCTURE, "PodFailed", "the pod failed before its program was started");
            }
        }
    }

    private void step(String name, ContainerStateTerminated terminated) {
        status.endedAt(Containers.time(terminated.getFinishedAt())).lastLines(Containers.lastLines(terminated));
        if (Exits.isOutOfMemory(terminated)) {
            told(FailureClass.CONFIGURATION, "OutOfMemory", "the init container " + name + " ran out of memory");
            return;
        }
        StepFailure failure = StepFailure.of(name, Containers.text(terminated.getMessage()));
        String lastLine = Containers.lastLines(terminated).stream()
                .reduce((earlier, later) -> later)
                .map(line -> ": " + line)
                .orElse("");
        told(failure.failureClass(), failure.reason(), failure.message() + lastLine);
    }

    /** The cluster, not the program, has put an end to it. */
    private boolean disrupted(Optional<Instant> endedAt) {
        String reason =
                Containers.text(Containers.status(pod).map(PodStatus::getReason).orElse(null));
        String message = Containers.text(
                Containers.status(pod).map(PodStatus::getMessage).orElse(null));
        Optional<PodCondition> target = Containers.status(pod).stream()
                .flatMap(status -> status.getConditions().stream())
                .filter(condition ->
                        "DisruptionTarget".equals(condition.getType()) && "True".equals(condition.getStatus()))
                .findFirst();
        if (reason.equals("DeadlineExceeded")) {
            told(FailureClass.CONFIGURATION, reason, "somebody has limited the pod's time: " + message);
        } else if (!reason.isEmpty()) {
            told(FailureClass.INFRASTRUCTURE, reason, "the node has ended or refused the pod: " + message);
        } else if (target.isPresent()) {
            String why = Containers.text(target.get().getReason());
            told(
                    GIVEN_UP.contains(why) ? FailureClass.PREEMPTED : FailureClass.INFRASTRUCTURE,
                    why,
                    "the cluster has ended the pod: "
                            + Containers.text(target.get().getMessage()));
        } else if (isDeletedBefore(endedAt)) {
            deleted(pod, view, status);
        } else {
            return false;
        }
        return true;
    }

    /** Somebody else has deleted it. */
    static void deleted(Pod pod, PodView view, ReplicaStatus.Builder status) {
        if (view.nodeCordoned()) {
            status.failureClass(FailureClass.PREEMPTED)
                    .reason("NodeDrained")
                    .message("the pod was taken off the node " + pod.getSpec().getNodeName()
                            + ", which takes no pods any more");
        } else {
            status.failureClass(FailureClass.INFRASTRUCTURE)
                    .reason("Deleted")
                    .message("the pod was deleted by somebody else");
        }
    }

    /** Whether it ended after somebody had asked for its deletion; the timestamp is when that would be forced. */
    private boolean isDeletedBefore(Optional<Instant> endedAt) {
        Long grace = pod.getMetadata().getDeletionGracePeriodSeconds();
        Optional<Instant> asked = Containers.time(pod.getMetadata().getDeletionTimestamp())
                .map(forced -> forced.minusSeconds(grace == null ? 0 : grace));
        return asked.isPresent()
                && endedAt.map(ended -> !ended.isBefore(asked.get())).orElse(true);
    }

    private void told(FailureClass failureClass, String reason, String message) {
        status.failureClass(failureClass);
        told(reason, message);
    }

    private void told(String reason, String message) {
        status.reason(reason).message(Containers.shortened(message));
    }
}
