package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Volume;
import io.mlengine.backend.k8s.pod.GitCommit;
import io.mlengine.backend.k8s.pod.HostPorts;
import io.mlengine.backend.k8s.resource.Labels;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is kept of objects that are watched: the rest of tens of thousands of pods would fill the memory. What is kept is
 * shared with the object that it comes from, which nobody changes.
 */
final class Trimmed {
    private static final String DEFAULT_SCHEDULER = "default-scheduler";

    private Trimmed() {}

    static Pod of(Pod pod) {
        boolean isOurs = isOurs(pod);
        // What the cluster's own scheduler places is only counted, so its wishes do not matter.
        boolean isCommon = !isOurs && DEFAULT_SCHEDULER.equals(pod.getSpec().getSchedulerName());
        Pod kept = new Pod();
        kept.setMetadata(metadata(pod.getMetadata(), !isCommon));
        kept.setSpec(spec(pod.getSpec()));
        kept.setStatus(isOurs ? pod.getStatus() : phase(pod));
        if (isOurs) {
            GitCommit.revision(pod)
                    .ifPresent(revision -> kept.getMetadata().setAnnotations(Map.of(Labels.CODE_REVISION, revision)));
            kept.getSpec().setVolumes(pod.getSpec().getNodeName() == null ? claims(pod.getSpec()) : List.of());
        } else if (!isCommon) {
            keepWishes(kept, pod);
            kept.getStatus().setConditions(scheduled(pod));
        }
        return kept;
    }

    private static boolean isOurs(Pod pod) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        return labels != null
                && Labels.MANAGER.equals(labels.get(Labels.MANAGED_BY))
                && labels.containsKey(Labels.JOB_UID);
    }

    private static ObjectMeta metadata(ObjectMeta meta, boolean withLabels) {
        ObjectMeta kept = new ObjectMeta();
        kept.setNamespace(meta.getNamespace());
        kept.setName(meta.getName());
        kept.setUid(meta.getUid());
        kept.setResourceVersion(meta.getResourceVersion());
        kept.setDeletionTimestamp(meta.getDeletionTimestamp());
        // Without it nobody can tell whether a pod ended before or after its deletion was asked for.
        kept.setDeletionGracePeriodSeconds(meta.getDeletionGracePeriodSeconds());
        if (withLabels) {
            kept.setLabels(meta.getLabels());
        }
        return kept;
    }

    /** What a scheduler must know of a pod of others. */
    private static void keepWishes(Pod kept, Pod pod) {
        ObjectMeta meta = pod.getMetadata();
        kept.getMetadata().setCreationTimestamp(meta.getCreationTimestamp());
        kept.getMetadata().setOwnerReferences(meta.getOwnerReferences());
        if (meta.getAnnotations() != null) {
            Map<String, String> ours = new TreeMap<>(meta.getAnnotations());
            ours.keySet().removeIf(key -> !key.startsWith(Labels.GROUP + "/"));
            kept.getMetadata().setAnnotations(ours);
        }
        PodSpec spec = pod.getSpec();
        kept.getSpec().setSchedulerName(spec.getSchedulerName());
        kept.getSpec().setServiceAccountName(spec.getServiceAccountName());
        kept.getSpec().setNodeSelector(spec.getNodeSelector());
        kept.getSpec().setAffinity(spec.getAffinity());
        kept.getSpec().setTolerations(spec.getTolerations());
        kept.getSpec().setTopologySpreadConstraints(spec.getTopologySpreadConstraints());
        kept.getSpec().setVolumes(spec.getVolumes());
        kept.getSpec().setPriority(spec.getPriority());
        kept.getSpec().setPreemptionPolicy(spec.getPreemptionPolicy());
        kept.getSpec().setSchedulingGates(spec.getSchedulingGates());
        kept.getSpec().setResourceClaims(spec.getResourceClaims());
    }

    /** When it was bound. */
    private static List<PodCondition> scheduled(Pod pod) {
        return pod.getStatus() == null
                ? List.of()
                : pod.getStatus().getConditions().stream()
                        .filter(condition -> "PodScheduled".equals(condition.getType()))
                        .toList();
    }

    /** What its binding waits for. */
    private static List<Volume> claims(PodSpec spec) {
        return spec.getVolumes().stream()
                .filter(volume -> volume.getPersistentVolumeClaim() != null)
                .toList();
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
                    kept.setPorts(HostPorts.asked(container));
                    kept.setRestartPolicy(container.getRestartPolicy());
                    return kept;
                })
                .toList();
    }

    private static PodStatus phase(Pod pod) {
        PodStatus kept = new PodStatus();
        if (pod.getStatus() != null) {
            kept.setPhase(pod.getStatus().getPhase());
            kept.setNominatedNodeName(pod.getStatus().getNominatedNodeName());
        }
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
