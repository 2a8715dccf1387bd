package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.TopologySelectorTerm;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.mlengine.spi.model.NodeRequirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a volume claim means for the pods that mount it.
 *
 * @param obstacle why no pod with this claim can be bound now
 * @param isBound whether its volume is there; if not, and nothing stands in the way, it is made once a node is chosen
 * @param selectedNode the node that was chosen for it
 * @param nodes where the volume can be used: one of these lists of requirements must be met; empty for anywhere
 */
public record ClaimState(
        Optional<Unsupported> obstacle,
        boolean isBound,
        Optional<String> selectedNode,
        List<List<NodeRequirement>> nodes) {
    /** The annotation by which a scheduler tells for which node a volume is wanted. */
    public static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";

    private static final String PATH = "spec.volumes";
    private static final String WAITS = "Unschedulable";
    private static final String NO_PROVISIONER = "kubernetes.io/no-provisioner";
    private static final List<String> ZONE_LABELS =
            List.of("topology.kubernetes.io/region", "topology.kubernetes.io/zone");

    /** Finds claims. */
    public interface Lookup {
        /**
         * Finds a claim.
         *
         * @param namespace the namespace
         * @param claim the claim's name
         * @return what is known of it; empty when it has not been looked at
         */
        Optional<ClaimState> find(String namespace, String claim);
    }

    /** Copies the lists. */
    public ClaimState {
        nodes = nodes.stream().map(List::copyOf).toList();
    }

    /**
     * Names the claims that a pod mounts.
     *
     * @param pod the pod
     * @return the names
     */
    public static SortedSet<String> names(Pod pod) {
        SortedSet<String> names = new TreeSet<>();
        pod.getSpec().getVolumes().stream()
                .map(Volume::getPersistentVolumeClaim)
                .filter(Objects::nonNull)
                .forEach(source -> names.add(source.getClaimName()));
        return names;
    }

    /**
     * Reads a claim.
     *
     * @param name the claim's name
     * @param claim the claim, if it exists
     * @param volume the volume that it names, if there is one
     * @param storage its storage class, if there is one
     * @return what it means
     */
    public static ClaimState of(
            String name,
            @Nullable PersistentVolumeClaim claim,
            @Nullable PersistentVolume volume,
            @Nullable StorageClass storage) {
        if (claim == null) {
            return waits("the claim " + name + " does not exist");
        }
        if (claim.getMetadata().getDeletionTimestamp() != null) {
            return waits("the claim " + name + " is being deleted");
        }
        if (claim.getSpec().getAccessModes().contains("ReadWriteOncePod")) {
            return refused("claims for one pod alone, as " + name + " is (ReadWriteOncePod)");
        }
        String phase = claim.getStatus() == null ? null : claim.getStatus().getPhase();
        if ("Bound".equals(phase) && volume != null) {
            return bound(name, volume);
        }
        if ("Bound".equals(phase) || "Lost".equals(phase)) {
            return waits("the volume of claim " + name + " does not exist");
        }
        if (storage == null || !"WaitForFirstConsumer".equals(storage.getVolumeBindingMode())) {
            return waits("the claim " + name + " is not bound to a volume yet");
        }
        if (NO_PROVISIONER.equals(storage.getProvisioner())) {
            return refused("claims that wait for a pod and whose class, "
                    + storage.getMetadata().getName() + " of claim " + name + ", makes no volumes");
        }
        Map<String, String> annotations = claim.getMetadata().getAnnotations();
        Optional<String> selected = Optional.ofNullable(annotations == null ? null : annotations.get(SELECTED_NODE));
        List<List<NodeRequirement>> topologies = storage.getAllowedTopologies().stream()
                .map(ClaimState::requirements)
                .toList();
        return new ClaimState(Optional.empty(), false, selected, topologies);
    }

    private static ClaimState bound(String name, PersistentVolume volume) {
        List<NodeRequirement> zones = zones(volume);
        boolean isAnywhere = volume.getSpec().getNodeAffinity() == null
                || volume.getSpec().getNodeAffinity().getRequired() == null;
        if (isAnywhere) {
            return new ClaimState(
                    Optional.empty(), true, Optional.empty(), zones.isEmpty() ? List.of() : List.of(zones));
        }
        List<List<NodeRequirement>> nodes = new ArrayList<>();
        for (NodeSelectorTerm term :
                volume.getSpec().getNodeAffinity().getRequired().getNodeSelectorTerms()) {
            Optional<List<NodeRequirement>> requirements = PodConstraints.requirements(term);
            if (requirements.isEmpty()) {
                return refused("the fields or operators that choose the nodes of the volume of claim " + name);
            }
            List<NodeRequirement> all = new ArrayList<>(requirements.get());
            all.addAll(zones);
            nodes.add(all);
        }
        return new ClaimState(Optional.empty(), true, Optional.empty(), nodes);
    }

    /** Volumes of old kinds are tied to zones by their labels; several zones are written one after the other. */
    private static List<NodeRequirement> zones(PersistentVolume volume) {
        Map<String, String> labels = volume.getMetadata().getLabels();
        if (labels == null) {
            return List.of();
        }
        List<NodeRequirement> zones = new ArrayList<>();
        for (String key : ZONE_LABELS) {
            String value = labels.get(key);
            if (value != null) {
                zones.add(new NodeRequirement(key, NodeRequirement.Operator.IN, List.of(value.split("__"))));
            }
        }
        return zones;
    }

    private static List<NodeRequirement> requirements(TopologySelectorTerm term) {
        return term.getMatchLabelExpressions().stream()
                .map(expression ->
                        new NodeRequirement(expression.getKey(), NodeRequirement.Operator.IN, expression.getValues()))
                .toList();
    }

    /** A claim of which nothing is known yet. */
    static ClaimState unknown(String name) {
        return waits("the claim " + name + " has not been looked at yet");
    }

    /**
     * A claim that cannot be read.
     *
     * @param name the claim's name
     * @param why the server's words
     * @return a claim that no pod can use
     */
    public static ClaimState unreadable(String name, String why) {
        return waits("the claim " + name + " cannot be read: " + why);
    }

    private static ClaimState waits(String text) {
        return new ClaimState(Optional.of(new Unsupported(PATH, WAITS, text)), false, Optional.empty(), List.of());
    }

    private static ClaimState refused(String what) {
        return new ClaimState(Optional.of(PodRefusals.refusal(PATH, what)), false, Optional.empty(), List.of());
    }

    /**
     * Tells whether the volume can be used on a node.
     *
     * @param labels the node's labels
     * @return false when the volume is elsewhere
     */
    public boolean allows(SortedMap<String, String> labels) {
        return nodes.isEmpty()
                || nodes.stream().anyMatch(term -> term.stream().allMatch(requirement -> requirement.isMetBy(labels)));
    }
}
