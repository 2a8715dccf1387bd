package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.spi.backend.Fence;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes pods of others off their nodes, as a drain does: budgets of disruptions may refuse for a while, and are asked
 * again. Only where a server knows no evictions are pods deleted. Thread-safe.
 */
final class Evictions {
    private static final Logger LOG = LoggerFactory.getLogger(Evictions.class);

    private final ClusterApi api;
    private final Retries retries;
    private final Duration patience;
    private volatile @Nullable Optional<String> version;

    Evictions(ClusterApi api, Retries retries, Duration patience) {
        this.api = api;
        this.retries = retries;
        this.patience = patience;
    }

    /** Completes when the server has accepted the end of all; fails when it has not in time. */
    CompletableFuture<Void> evict(List<Pod> pods, String reason, Fence fence) {
        List<CompletableFuture<Boolean>> all =
                pods.stream().map(pod -> evict(pod, reason, fence)).toList();
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<Boolean> evict(Pod pod, String reason, Fence fence) {
        LOG.info(
                "evicting pod={}/{} reason={}",
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                reason);
        return retries.call(patience, refusal -> true, () -> {
            Optional<String> known = version();
            if (known.isEmpty()) {
                api.delete(pod, fence);
            } else {
                ask(pod, known.get(), fence);
            }
            return true;
        });
    }

    private void ask(Pod pod, String apiVersion, Fence fence) {
        try {
            api.evict(pod, apiVersion, fence);
        } catch (KubernetesClientException e) {
            ApiAnswer answer = ApiAnswer.of(e);
            if (answer != ApiAnswer.MISSING && answer != ApiAnswer.CONFLICT) {
                throw e;
            }
        }
    }

    private Optional<String> version() {
        Optional<String> known = version;
        if (known == null) {
            known = api.evictionVersion();
            version = known;
        }
        return known;
    }
}
