package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.ReplicaId;
import java.util.Optional;

/**
 * Makes reports from pods. Pure. The revision grows with the pod's resource version; what is learned later about the
 * same version (its node is silent, it was given up, it is gone) comes after it in this order.
 */
public final class PodStatuses {
    private static final int STEPS = 4;
    private static final int AS_WRITTEN = 0;
    private static final int NODE_SILENT = 1;
    private static final int NOT_STARTED = 2;
    private static final int DELETED = 3;

    private PodStatuses() {}

    /**
     * The state of a pod that exists. A pod that cannot be started for now is still {@link ReplicaState#PREPARING},
     * with the reason of its {@link StartTrouble}.
     *
     * @param id which start of which replica it is
     * @param pod the pod
     * @param view what else is known
     * @return the status
     */
    public static ReplicaStatus of(ReplicaId id, Pod pod, PodView view) {
        ReplicaStatus.Builder status = ReplicaStatus.builder()
                .id(id)
                .revision(revision(pod, AS_WRITTEN))
                .codeCommit(codeCommit(pod));
        if (!PodEnd.write(pod, view, status)) {
            alive(pod, view, status);
        }
        return status.build();
    }

    /**
     * The last state of a pod that no longer exists: how it ended if that was seen, else {@link ReplicaState#GONE}.
     * Whoever deletes a pod by force, without its node, makes this say more than is known.
     *
     * @param id which start of which replica it was
     * @param pod the pod as it was last seen
     * @param view what else is known
     * @return the status
     */
    public static ReplicaStatus deleted(ReplicaId id, Pod pod, PodView view) {
        ReplicaStatus.Builder status =
                ReplicaStatus.builder().id(id).revision(revision(pod, DELETED)).codeCommit(codeCommit(pod));
        if (!PodEnd.write(pod, view, status)) {
            startedAt(pod, status);
            status.state(ReplicaState.GONE);
            if (view.stopOrdered()) {
                status.reason("Stopped").message("stopped");
            } else {
                PodEnd.deleted(pod, view, status);
            }
        }
        return status.build();
    }

    /**
     * The last state of a pod that was given up and no longer exists, without having run.
     *
     * @param id which start of which replica it was
     * @param pod the pod as it was last seen
     * @param trouble why it was given up
     * @return the status
     */
    public static ReplicaStatus notStarted(ReplicaId id, Pod pod, StartTrouble trouble) {
        return ReplicaStatus.builder()
                .id(id)
                .revision(revision(pod, NOT_STARTED))
                .state(ReplicaState.FAILED)
                .failureClass(trouble.failureClass())
                .reason(trouble.reason())
                .message(trouble.message())
                .build();
    }

    private static void alive(Pod pod, PodView view, ReplicaStatus.Builder status) {
        startedAt(pod, status);
        boolean isBound = pod.getSpec().getNodeName() != null;
        if (isBound && view.nodeSilent() || Containers.phase(pod).equals("Unknown")) {
            status.revision(revision(pod, NODE_SILENT))
                    .state(ReplicaState.LOST)
                    .reason("NodeLost")
                    .message("nothing is heard of its node " + pod.getSpec().getNodeName());
        } else if (pod.getMetadata().getDeletionTimestamp() != null
                || Containers.phase(pod).equals("Failed")) {
            status.state(ReplicaState.STOPPING).reason("Stopping").message("stopping");
        } else if (!isBound && GitCommit.isOpen(pod)) {
            status.state(ReplicaState.PENDING)
                    .reason("WaitingForCommit")
                    .message("gets its node once it is known which commit the first replica has fetched");
        } else if (!isBound) {
            status.state(ReplicaState.PENDING).reason("WaitingForNode").message("waiting to be bound to its node");
        } else if (running(pod).isPresent()) {
            status.state(hasStarted(pod) ? ReplicaState.READY : ReplicaState.STARTED);
        } else {
            preparing(pod, status.state(ReplicaState.PREPARING));
        }
    }

    private static void preparing(Pod pod, ReplicaStatus.Builder status) {
        Optional<StartTrouble> trouble = StartTrouble.of(pod);
        Optional<String> step = Containers.init(pod)
                .filter(container -> Containers.running(container).isPresent())
                .map(ContainerStatus::getName)
                .findFirst();
        if (trouble.isPresent()) {
            status.reason(trouble.get().reason()).message(trouble.get().message());
        } else if (step.isEmpty()) {
            status.reason("PreparingContainer").message("the node fetches the image and makes the container");
        } else {
            switch (step.get()) {
                case PodNames.CODE -> status.reason("FetchingCode").message("fetching the code");
                case PodNames.PYTHON -> status.reason("PreparingEnvironment").message("installing requirements");
                default -> status.reason("PreparingContainer").message("the init container " + step.get() + " runs");
            }
        }
    }

    /** What it has, not what it shall get. */
    private static Optional<String> codeCommit(Pod pod) {
        return GitCommit.of(pod).filter(commit -> GitCommit.isFetched(pod));
    }

    private static Optional<ContainerStateRunning> running(Pod pod) {
        return Containers.main(pod).flatMap(Containers::running);
    }

    /** Whether its condition was met once; it is not asked again. */
    private static boolean hasStarted(Pod pod) {
        ContainerStatus main = Containers.main(pod).orElseThrow();
        return main.getStarted() == null ? Boolean.TRUE.equals(main.getReady()) : main.getStarted();
    }

    private static void startedAt(Pod pod, ReplicaStatus.Builder status) {
        status.startedAt(running(pod).flatMap(running -> Containers.time(running.getStartedAt())));
    }

    private static long revision(Pod pod, int step) {
        return Math.addExact(Math.multiplyExact(Long.parseLong(pod.getMetadata().getResourceVersion()), STEPS), step);
    }
}
