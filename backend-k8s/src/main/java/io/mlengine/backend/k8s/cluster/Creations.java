package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.pod.JobObjects;
import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.backend.k8s.pod.ReplicaIds;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.model.FailureClass;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Creates what an order needs. Names are deterministic, so an object that is there already is the answer to an earlier
 * try, unless it belongs to somebody else. Thread-safe.
 */
final class Creations {
    private final ClusterApi api;
    private final Retries retries;
    private final Duration patience;

    Creations(ClusterApi api, Retries retries, Duration patience) {
        this.api = api;
        this.retries = retries;
        this.patience = patience;
    }

    /**
     * Creates what pods refer to, then the pods side by side.
     *
     * @param objects what to create
     * @param owner whom it belongs to
     * @param fence who orders
     * @param created called with each pod as the server has it, before the future completes
     * @return completes when all are there; fails with {@link OrderFailedException} when one of the objects cannot be had
     */
    CompletableFuture<Void> create(JobObjects objects, JobOwner owner, Fence fence, Consumer<Pod> created) {
        AtomicReference<@Nullable RuntimeException> firstFailure = new AtomicReference<>();
        Order order = new Order(owner, fence, firstFailure);
        return allOf(objects.beforePods(), object -> ensure(object, order))
                .thenCompose(unused ->
                        allOf(objects.pods(), pod -> ensure(pod, order).thenAccept(created)))
                .handle((unused, error) -> {
                    RuntimeException failure = firstFailure.get();
                    if (failure != null) {
                        throw failure;
                    }
                    return null;
                });
    }

    /** An order that is being carried out; after the first failure nothing more is created for it. */
    private record Order(JobOwner owner, Fence fence, AtomicReference<@Nullable RuntimeException> firstFailure) {}

    private static <T> CompletableFuture<Void> allOf(List<T> all, Function<T, CompletableFuture<?>> each) {
        return CompletableFuture.allOf(all.stream().map(each).toArray(CompletableFuture[]::new));
    }

    private <T extends HasMetadata> CompletableFuture<T> ensure(T object, Order order) {
        return retries.call(patience, Creations::mayPass, () -> {
                    if (order.firstFailure().get() != null) {
                        throw new CancellationException();
                    }
                    return createOrFind(object, order);
                })
                .whenComplete((actual, error) -> {
                    if (error instanceof KubernetesClientException refusal) {
                        order.firstFailure().compareAndSet(null, ApiAnswer.orderFailed(refusal, describe(object)));
                    } else if (error instanceof RuntimeException cause) {
                        order.firstFailure().compareAndSet(null, cause);
                    }
                });
    }

    private static boolean mayPass(KubernetesClientException refusal) {
        ApiAnswer answer = ApiAnswer.of(refusal);
        return answer == ApiAnswer.TRANSIENT || answer == ApiAnswer.CONFLICT;
    }

    private <T extends HasMetadata> T createOrFind(T object, Order order) {
        try {
            return api.create(object, order.fence());
        } catch (KubernetesClientException e) {
            if (ApiAnswer.of(e) != ApiAnswer.EXISTS) {
                throw e;
            }
            if (object instanceof Secret) {
                // Secrets are never read, so that nobody has to let us.
                return object;
            }
            T found = api.find(object).orElse(null);
            if (found == null) {
                throw new KubernetesClientException("deleted in the same moment", e);
            }
            if (isLeaving(found, order.owner())) {
                throw new KubernetesClientException("what is being removed still has the name", e);
            }
            if (!isOurs(found, object, order.owner())) {
                throw taken(object, e);
            }
            return found;
        }
    }

    /** Whether the name will be free: of an object that is being deleted, or whose owner of the same name is gone. */
    private static boolean isLeaving(HasMetadata found, JobOwner owner) {
        return found.getMetadata().getDeletionTimestamp() != null
                || found.getMetadata().getOwnerReferences().stream()
                        .anyMatch(reference -> owner.kind().equals(reference.getKind())
                                && owner.apiVersion().equals(reference.getApiVersion())
                                && owner.name().equals(reference.getName())
                                && !owner.uid().equals(reference.getUid()));
    }

    private static boolean isOurs(HasMetadata found, HasMetadata wanted, JobOwner owner) {
        boolean hasOwner = found.getMetadata().getOwnerReferences().stream()
                .anyMatch(reference -> owner.uid().equals(reference.getUid()));
        return hasOwner && (!(wanted instanceof Pod) || ReplicaIds.of(found).equals(ReplicaIds.of(wanted)));
    }

    private static OrderFailedException taken(HasMetadata object, KubernetesClientException cause) {
        return new OrderFailedException(
                FailureClass.CONFIGURATION,
                "NameTaken",
                describe(object) + " exists and belongs to somebody else",
                cause);
    }

    private static String describe(HasMetadata object) {
        return object.getKind().toLowerCase(java.util.Locale.ROOT) + " "
                + object.getMetadata().getNamespace() + "/"
                + object.getMetadata().getName();
    }
}
