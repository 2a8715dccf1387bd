package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.mlengine.backend.k8s.resource.Labels;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** The Lease through a client of its own, whose requests are short and never repeated behind the election's back. */
final class KubernetesLeaseApi implements LeaseApi {
    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final long leaseSeconds;
    private final ExecutorService requests = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "mlengine-lease");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Opens a client.
     *
     * @param config how to reach the API server
     * @param namespace the lease's namespace
     * @param name the lease's name
     * @param times the election's times
     * @param observer hears of each request
     */
    KubernetesLeaseApi(Config config, String namespace, String name, LeaseTimes times, RequestObserver observer) {
        this.client = ObservedRequests.of(
                        new KubernetesClientBuilder().withConfig(impatient(config, times.renewDeadline())), observer)
                .build();
        this.namespace = namespace;
        this.name = name;
        this.leaseSeconds = Math.max(1, times.leaseDuration().toSeconds());
    }

    private static Config impatient(Config config, Duration timeout) {
        int millis = Math.toIntExact(timeout.toMillis());
        return new ConfigBuilder(config)
                .withRequestTimeout(millis)
                .withConnectionTimeout(millis)
                .withRequestRetryBackoffLimit(0)
                .build();
    }

    @Override
    public CompletionStage<Optional<LeaseRecord>> read() {
        return call(() -> Optional.ofNullable(resource().get()).map(KubernetesLeaseApi::record));
    }

    @Override
    public CompletionStage<LeaseRecord> write(LeaseRecord record) {
        return call(() -> {
            Lease lease = lease(record);
            try {
                return record(
                        record.version().isEmpty()
                                ? client.leases().resource(lease).create()
                                : client.leases().resource(lease).update());
            } catch (KubernetesClientException e) {
                // A lease that was deleted meanwhile cannot be replaced either: 404.
                if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                    throw new LeaseConflictException(e);
                }
                throw e;
            }
        });
    }

    private Resource<Lease> resource() {
        return client.leases().inNamespace(namespace).withName(name);
    }

    private <T> CompletionStage<T> call(Supplier<T> request) {
        return CompletableFuture.supplyAsync(request, requests);
    }

    private Lease lease(LeaseRecord record) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withResourceVersion(record.version().isEmpty() ? null : record.version())
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(record.isFree() ? null : record.holder())
                .withLeaseDurationSeconds(Math.toIntExact(leaseSeconds))
                .withLeaseTransitions(Math.toIntExact(record.transitions()))
                .withAcquireTime(time(record.acquiredAt()))
                .withRenewTime(time(record.renewedAt()))
                .endSpec()
                .build();
    }

    private static ZonedDateTime time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS).atZone(ZoneOffset.UTC);
    }

    private static LeaseRecord record(Lease lease) {
        LeaseSpec spec = Optional.ofNullable(lease.getSpec()).orElseGet(LeaseSpec::new);
        return new LeaseRecord(
                Optional.ofNullable(spec.getHolderIdentity()).orElse(""),
                Optional.ofNullable(spec.getLeaseTransitions()).orElse(0),
                Optional.ofNullable(spec.getAcquireTime())
                        .map(ZonedDateTime::toInstant)
                        .orElse(Instant.EPOCH),
                Optional.ofNullable(spec.getRenewTime())
                        .map(ZonedDateTime::toInstant)
                        .orElse(Instant.EPOCH),
                Optional.ofNullable(lease.getMetadata().getResourceVersion()).orElse(""));
    }

    @Override
    public void close() {
        requests.shutdownNow();
        client.close();
    }
}
