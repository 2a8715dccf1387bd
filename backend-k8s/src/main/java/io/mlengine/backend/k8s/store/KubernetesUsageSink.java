package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.mlengine.backend.k8s.cluster.JobOwners;
import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.backend.k8s.resource.MLUsageResource;
import io.mlengine.backend.k8s.resource.MLUsages;
import io.mlengine.core.metering.UsageRecord;
import io.mlengine.core.metering.UsageSink;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what an attempt held as one {@code MLUsage} object in the job's namespace. A record that comes again takes its
 * own place. Blocks while it writes; one thread at a time.
 */
public final class KubernetesUsageSink implements UsageSink {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesUsageSink.class);
    private static final int CONFLICT = 409;
    private static final int TRIES = 5;

    private final KubernetesClient client;
    private final JobOwners owners;

    /**
     * Makes a sink.
     *
     * @param client reaches the API server; not closed
     * @param owners finds a job's name and namespace
     */
    public KubernetesUsageSink(KubernetesClient client, JobOwners owners) {
        this.client = client;
        this.owners = owners;
    }

    @Override
    public synchronized void record(UsageRecord usage) {
        JobOwner owner = owners.find(usage.attempt().job()).orElse(null);
        if (owner == null) {
            LOG.error("usage of a job that is gone is lost: attempt={}", usage.attempt());
            return;
        }
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            try {
                write(owner, usage);
                return;
            } catch (KubernetesClientException e) {
                if (e.getCode() != CONFLICT || attempt == TRIES) {
                    LOG.error("usage could not be written: attempt={} error={}", usage.attempt(), e.getMessage());
                    return;
                }
            }
        }
    }

    private void write(JobOwner owner, UsageRecord usage) {
        Resource<MLUsageResource> object = client.resources(MLUsageResource.class)
                .inNamespace(owner.namespace())
                .withName(MLUsages.name(owner.name(), usage.attempt()));
        MLUsageResource known = object.get();
        List<UsageRecord> records = new ArrayList<>(known == null ? List.of() : MLUsages.records(known));
        records.removeIf(other -> isSame(other, usage));
        records.add(usage);
        MLUsageResource now = MLUsages.resource(owner.namespace(), owner.name(), records);
        if (known == null) {
            client.resource(now).create();
        } else {
            now.getMetadata().setResourceVersion(known.getMetadata().getResourceVersion());
            client.resource(now).update();
        }
    }

    private static boolean isSame(UsageRecord one, UsageRecord other) {
        return one.attempt().equals(other.attempt())
                && one.deviceModel().equals(other.deviceModel())
                && one.since().equals(other.since());
    }
}
