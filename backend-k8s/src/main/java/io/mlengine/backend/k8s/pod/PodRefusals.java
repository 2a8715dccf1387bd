package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodAffinity;
import io.fabric8.kubernetes.api.model.PodAntiAffinity;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.List;
import java.util.Optional;

/**
 * What pods of others may ask of a scheduler and this one does not do. Each is refused by name: a pod that was placed as
 * if it had not asked would break what its owner relies on. Preferences are no constraints, and are not looked at.
 */
final class PodRefusals {
    private PodRefusals() {}

    /** The first thing that cannot be done for a pod. */
    static Optional<Unsupported> of(Pod pod) {
        PodSpec spec = pod.getSpec();
        return affinity(spec)
                .or(() -> nodes(spec))
                .or(() -> spread(spec))
                .or(() -> volumes(spec))
                .or(() -> rest(spec))
                .or(() -> PodDemand.of(pod).isPresent()
                        ? Optional.empty()
                        : refuse("spec.containers", "whole GPUs and MIG instances, or several profiles, in one pod"));
    }

    private static Optional<Unsupported> affinity(PodSpec spec) {
        Optional<Affinity> affinity = Optional.ofNullable(spec.getAffinity());
        boolean isNear = affinity.map(Affinity::getPodAffinity)
                .map(PodAffinity::getRequiredDuringSchedulingIgnoredDuringExecution)
                .filter(terms -> !terms.isEmpty())
                .isPresent();
        boolean isApart = affinity.map(Affinity::getPodAntiAffinity)
                .map(PodAntiAffinity::getRequiredDuringSchedulingIgnoredDuringExecution)
                .filter(terms -> !terms.isEmpty())
                .isPresent();
        if (isNear) {
            return refuse("spec.affinity.podAffinity", "required affinity to pods");
        }
        return isApart ? refuse("spec.affinity.podAntiAffinity", "required anti-affinity to pods") : Optional.empty();
    }

    private static Optional<Unsupported> nodes(PodSpec spec) {
        boolean hasFields = PodConstraints.terms(spec)
                .anyMatch(term -> !Optional.ofNullable(term.getMatchFields())
                        .orElse(List.of())
                        .isEmpty());
        boolean isUnknown = PodConstraints.terms(spec)
                .map(NodeSelectorTerm::getMatchExpressions)
                .flatMap(List::stream)
                .anyMatch(expression -> PodConstraints.requirement(expression).isEmpty());
        if (hasFields) {
            return refuse("spec.affinity.nodeAffinity", "matchFields");
        }
        if (isUnknown) {
            return refuse("spec.affinity.nodeAffinity", "an unknown operator");
        }
        boolean isOdd = spec.getTolerations().stream()
                .anyMatch(toleration -> PodConstraints.toleration(toleration).isEmpty());
        return isOdd ? refuse("spec.tolerations", "an unknown operator") : Optional.empty();
    }

    private static Optional<Unsupported> spread(PodSpec spec) {
        return spec.getTopologySpreadConstraints().stream()
                .filter(constraint -> "DoNotSchedule".equals(constraint.getWhenUnsatisfiable()))
                .findFirst()
                .flatMap(constraint -> refuse(
                        "spec.topologySpreadConstraints",
                        "a spread over " + constraint.getTopologyKey() + " that forbids"));
    }

    /** Claims that have a name are looked at by {@link ClaimState}, as that takes more than the pod. */
    private static Optional<Unsupported> volumes(PodSpec spec) {
        for (Volume volume : spec.getVolumes()) {
            boolean isBoundToOneNode = volume.getGcePersistentDisk() != null
                    || volume.getAwsElasticBlockStore() != null
                    || volume.getAzureDisk() != null
                    || volume.getRbd() != null
                    || volume.getIscsi() != null;
            if (volume.getEphemeral() != null) {
                return refuse("spec.volumes", "the claim that is made for volume " + volume.getName());
            }
            if (isBoundToOneNode) {
                return refuse("spec.volumes", "the disk of volume " + volume.getName());
            }
        }
        return Optional.empty();
    }

    private static Optional<Unsupported> rest(PodSpec spec) {
        if (!Optional.ofNullable(spec.getResourceClaims()).orElse(List.of()).isEmpty()) {
            return refuse("spec.resourceClaims", "claims of devices");
        }
        return "Never".equals(spec.getPreemptionPolicy())
                ? refuse("spec.preemptionPolicy", "a priority that must not evict others")
                : Optional.empty();
    }

    private static Optional<Unsupported> refuse(String field, String what) {
        return Optional.of(refusal(field, what));
    }

    /** Says that something is not done. */
    static Unsupported refusal(String field, String what) {
        return new Unsupported(
                field,
                WaitTexts.UNSUPPORTED,
                "this scheduler does not support " + what + ". Maybe leave it out, or use another scheduler.");
    }
}
