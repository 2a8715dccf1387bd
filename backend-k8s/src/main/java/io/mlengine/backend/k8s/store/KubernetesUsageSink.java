package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.resource.MLUsageResource;
import io.mlengine.backend.k8s.resource.MLUsages;
import io.mlengine.core.metering.AttemptUsage;
import io.mlengine.core.metering.UsageSink;
import io.mlengine.core.metering.UsageTotal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what an attempt held as one {@code MLUsage} object in the job's namespace, named after job and attempt and never
 * changed: whoever brings the same again, this engine or the one after it, finds it there. Nobody owns the object, so it
 * outlives its job. Blocks while it writes.
 */
public final class KubernetesUsageSink implements UsageSink {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesUsageSink.class);
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final String NAMESPACE_ENDS = "NamespaceTerminating";
    private static final String NAMESPACES = "namespaces";

    private final KubernetesClient client;
    private final Leadership leadership;

    /**
     * Makes a sink.
     *
     * @param client reaches the API server; not closed
     * @param leadership says whether this process may write
     */
    public KubernetesUsageSink(KubernetesClient client, Leadership leadership) {
        this.client = client;
        this.leadership = leadership;
    }

    /**
     * Writes the object unless it is there.
     *
     * @throws KubernetesClientException when nothing is known of the write, or the server refused it
     * @throws IllegalStateException when this process does not lead, or the object's name is taken by another object
     */
    @Override
    public void record(AttemptUsage usage) {
        if (!leadership.isHeld()) {
            throw new IllegalStateException("this process does not lead");
        }
        MLUsageResource object = MLUsages.resource(usage);
        try {
            client.resource(object).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT) {
                requireSame(object, usage);
            } else if (isWithoutNamespace(e)) {
                LOG.warn(
                        "usage goes with its namespace: namespace={} job={} attempt={} gpuSeconds={}",
                        usage.namespace(),
                        usage.job(),
                        usage.attempt(),
                        UsageTotal.of(usage.records()).gpuSeconds());
            } else {
                throw e;
            }
        }
    }

    private void requireSame(MLUsageResource object, AttemptUsage usage) {
        MLUsageResource there = client.resource(object).get();
        if (there == null || !MLUsages.isOf(there, usage.attempt())) {
            throw new IllegalStateException("the MLUsage object " + usage.namespace() + "/"
                    + object.getMetadata().getName() + " is not of attempt " + usage.attempt()
                    + ". Maybe somebody else has made it; then delete it.");
        }
    }

    /** Nothing can be kept in a namespace that is being deleted, and nothing in it stays. */
    private static boolean isWithoutNamespace(KubernetesClientException refusal) {
        Status status = refusal.getStatus();
        if (status == null || status.getDetails() == null) {
            return false;
        }
        boolean ends = refusal.getCode() == FORBIDDEN
                && status.getDetails().getCauses().stream().anyMatch(cause -> NAMESPACE_ENDS.equals(cause.getReason()));
        boolean isGone = refusal.getCode() == NOT_FOUND
                && NAMESPACES.equals(status.getDetails().getKind());
        return ends || isGone;
    }
}
