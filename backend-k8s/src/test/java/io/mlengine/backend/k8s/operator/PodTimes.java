package io.mlengine.backend.k8s.operator;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.testing.Await;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Writes down when the pods of a namespace were made and when they ended, also of those that are gone. Thread-safe. */
final class PodTimes implements AutoCloseable {
    private final Map<String, Life> lives = new ConcurrentHashMap<>();
    private final SharedIndexInformer<Pod> informer;

    /** A pod as it was last seen, and when it was seen to be gone. */
    record Life(Pod pod, @Nullable Instant goneAt) {
        @Override
        public String toString() {
            return pod.getMetadata().getName() + " from " + made() + " to " + ended();
        }

        boolean isOf(String job, int attempt) {
            Map<String, String> labels = pod.getMetadata().getLabels();
            return job.equals(labels.get(Labels.JOB_NAME))
                    && Integer.toString(attempt).equals(labels.get(Labels.ATTEMPT));
        }

        /** In whole seconds. */
        Instant made() {
            return Instant.parse(pod.getMetadata().getCreationTimestamp());
        }

        /** As the node says, in whole seconds; if it did not, when the pod was gone. */
        Optional<Instant> ended() {
            return pod.getStatus().getContainerStatuses().stream()
                    .flatMap(container ->
                            Optional.ofNullable(container.getState().getTerminated()).stream())
                    .map(ContainerStateTerminated::getFinishedAt)
                    .map(Instant::parse)
                    .findFirst()
                    .or(() -> Optional.ofNullable(goneAt));
        }
    }

    private PodTimes(KubernetesClient client, String namespace) {
        informer = client.pods().inNamespace(namespace).runnableInformer(0);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Pod pod) {
                lives.put(pod.getMetadata().getUid(), new Life(pod, null));
            }

            @Override
            public void onUpdate(Pod before, Pod pod) {
                onAdd(pod);
            }

            @Override
            public void onDelete(Pod pod, boolean isUnseen) {
                lives.put(pod.getMetadata().getUid(), new Life(pod, Instant.now()));
            }
        });
    }

    /** Begins to write, before the namespace has pods. */
    static PodTimes open(KubernetesClient client, String namespace) {
        PodTimes times = new PodTimes(client, namespace);
        times.informer.start().toCompletableFuture().join();
        return times;
    }

    /** The pods of an attempt, once all of them have ended. */
    List<Life> ofEnded(String job, int attempt, int pods) {
        return Await.until("attempt " + attempt + " of " + job + " has ended", () -> {
            List<Life> all = lives.values().stream()
                    .filter(life -> life.isOf(job, attempt))
                    .toList();
            boolean haveEnded = all.stream().allMatch(life -> life.ended().isPresent());
            return Optional.of(all).filter(found -> found.size() == pods && haveEnded);
        });
    }

    @Override
    public void close() {
        informer.close();
    }
}
