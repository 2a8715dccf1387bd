package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The objects of one launch order. What pods refer to must exist before them.
 *
 * @param service the job's headless Service, the same for all its attempts
 * @param secret the attempt's Secret; empty when it exists already
 * @param configMaps the plans' files, immutable and named by their content
 * @param pods one pod for each start, in the order's sequence
 * @param notes what is done otherwise than asked, for the job's events
 */
public record JobObjects(
        Service service, Optional<Secret> secret, List<ConfigMap> configMaps, List<Pod> pods, List<String> notes) {
    /** Copies the lists. */
    public JobObjects {
        configMaps = List.copyOf(configMaps);
        pods = List.copyOf(pods);
        notes = List.copyOf(notes);
    }

    /**
     * What must exist before the pods.
     *
     * @return the Service, the Secret and the config maps
     */
    public List<HasMetadata> beforePods() {
        return Stream.<Stream<? extends HasMetadata>>of(Stream.of(service), secret.stream(), configMaps.stream())
                .<HasMetadata>flatMap(objects -> objects)
                .toList();
    }

    @Override
    public String toString() {
        return "JobObjects[" + service.getMetadata().getName() + ", " + pods.size() + " pods]"; // the Secret is in it
    }
}
