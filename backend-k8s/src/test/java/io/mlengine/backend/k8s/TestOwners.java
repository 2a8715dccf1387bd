package io.mlengine.backend.k8s;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.cluster.JobOwners;
import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.spi.model.JobId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Jobs whose objects are config maps: any object may own pods, and these need no definition. Thread-safe. */
final class TestOwners implements JobOwners {
    private final KubernetesClient client;
    private final String namespace;
    private final Map<JobId, JobOwner> owners = new ConcurrentHashMap<>();

    TestOwners(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** The id of the job of this name; its object is made by the first call. */
    JobId job(String name) {
        return owners.entrySet().stream()
                .filter(entry -> entry.getValue().name().equals(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> create(name));
    }

    private JobId create(String name) {
        ConfigMap object = client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        String uid = object.getMetadata().getUid();
        owners.put(JobIds.of(uid), new JobOwner("v1", "ConfigMap", namespace, name, uid));
        return JobIds.of(uid);
    }

    JobOwner owner(JobId job) {
        return find(job).orElseThrow();
    }

    @Override
    public Optional<JobOwner> find(JobId job) {
        return Optional.ofNullable(owners.get(job));
    }
}
