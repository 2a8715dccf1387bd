package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.mlengine.backend.k8s.resource.Labels;
import java.util.List;
import java.util.Map;

/**
 * What is kept of objects that are watched: the rest of tens of thousands of pods would fill the memory. What is kept is
 * shared with the object that it comes from, which nobody changes.
 */
final class Trimmed {
    private Trimmed() {}

    static Pod of(Pod pod) {
        boolean isOurs = isOurs(pod);
        Pod kept = new Pod();
        kept.setMetadata(metadata(pod.getMetadata(), isOurs));
        kept.setSpec(spec(pod.getSpec()));
        kept.setStatus(isOurs ? pod.getStatus() : phase(pod));
        return kept;
    }

    private static boolean isOurs(Pod pod) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        return labels != null
                && Labels.MANAGER.equals(labels.get(Labels.MANAGED_BY))
                && labels.containsKey(Labels.JOB_UID);
    }

    private static ObjectMeta metadata(ObjectMeta meta, boolean isOurs) {
        ObjectMeta kept = new ObjectMeta();
        kept.setNamespace(meta.getNamespace());
        kept.setName(meta.getName());
        kept.setUid(meta.getUid());
        kept.setResourceVersion(meta.getResourceVersion());
        kept.setDeletionTimestamp(meta.getDeletionTimestamp());
        if (isOurs) {
            kept.setLabels(meta.getLabels());
        }
        return kept;
    }

    private static PodSpec spec(PodSpec spec) {
        PodSpec kept = new PodSpec();
        kept.setNodeName(spec.getNodeName());
        kept.setOverhead(spec.getOverhead());
        kept.setResources(spec.getResources());
        kept.setContainers(containers(spec.getContainers()));
        kept.setInitContainers(containers(spec.getInitContainers()));
        return kept;
    }

    private static List<Container> containers(List<Container> all) {
        return all.stream()
                .map(container -> {
                    Container kept = new Container();
                    kept.setName(container.getName());
                    kept.setResources(container.getResources());
                    kept.setRestartPolicy(container.getRestartPolicy());
                    return kept;
                })
                .toList();
    }

    private static PodStatus phase(Pod pod) {
        PodStatus kept = new PodStatus();
        kept.setPhase(pod.getStatus() == null ? null : pod.getStatus().getPhase());
        return kept;
    }

    /** A node keeps all but the long lists that change often. */
    static Node of(Node node) {
        node.getMetadata().setManagedFields(List.of());
        if (node.getStatus() != null) {
            node.getStatus().setImages(List.of());
            node.getStatus().setVolumesAttached(List.of());
        }
        return node;
    }
}
