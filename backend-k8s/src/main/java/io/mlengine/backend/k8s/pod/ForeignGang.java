package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.backend.ExternalGang;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.Resources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A gang of pods that others made and that the engine places.
 *
 * @param gang the gang for the engine; without members there is nothing to place or to count
 * @param waiting the pods without a node
 * @param refusal why the pods without a node get none
 */
public record ForeignGang(ExternalGang gang, List<Pod> waiting, Optional<Unsupported> refusal) {
    private static final String DEFAULT_QUEUE = "default";
    private static final String DEFAULT_ACCOUNT = "default";
    private static final Unsupported NO_SIZE = new Unsupported(
            "metadata.annotations[" + Labels.GANG_SIZE + "]",
            WaitTexts.UNSUPPORTED,
            "the label " + Labels.GANG + " needs this annotation with the number of pods of the gang.");

    /** Copies the list. */
    public ForeignGang {
        waiting = List.copyOf(waiting);
    }

    /**
     * Tells whether a pod is for the engine to place, whether it has its node already or not.
     *
     * @param pod a pod
     * @param scheduler the engine's name as a scheduler
     * @return true for pods that name the scheduler and that the engine has not made
     */
    public static boolean isMember(Pod pod, String scheduler) {
        Map<String, String> labels =
                Optional.ofNullable(pod.getMetadata().getLabels()).orElse(Map.of());
        boolean claimsToBeOurs =
                Labels.MANAGER.equals(labels.get(Labels.MANAGED_BY)) && labels.containsKey(Labels.JOB_UID);
        return scheduler.equals(pod.getSpec().getSchedulerName()) && !claimsToBeOurs;
    }

    /**
     * Tells whether what a member holds is counted with its gang. What no gang can be told to hold takes its room away
     * from the node, like every other pod that is no replica.
     *
     * @param pod a member
     * @return false for one that asks for devices of several kinds
     */
    public static boolean isCounted(Pod pod) {
        return PodDemand.of(pod).isPresent();
    }

    /**
     * The name of a pod as a member: no two pods ever have the same.
     *
     * @param pod a pod
     * @return name and uid
     */
    public static String memberName(Pod pod) {
        return pod.getMetadata().getName() + "/" + pod.getMetadata().getUid();
    }

    /**
     * Tells whether a controller makes another pod when this one is deleted.
     *
     * @param pod a pod
     * @return false for a bare pod
     */
    public static boolean isMadeAgain(Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getOwnerReferences()).orElse(List.of()).stream()
                .map(OwnerReference::getController)
                .anyMatch(Boolean.TRUE::equals);
    }

    /**
     * Reads a gang.
     *
     * @param name which gang
     * @param pods all its pods, in any order
     * @param assumed nodes that the engine gave to pods and that are not seen yet, by uid
     * @param doomed uids of pods whose end the engine has ordered
     * @param claims what is known of volume claims
     * @param rights who may use which queue
     * @return the gang
     */
    public static ForeignGang of(
            GangName name,
            Collection<Pod> pods,
            Map<String, String> assumed,
            Set<String> doomed,
            ClaimState.Lookup claims,
            QueueRight.Source rights) {
        List<ExternalGang.Member> placed = new ArrayList<>();
        List<Pod> staying = new ArrayList<>();
        List<Pod> waiting = new ArrayList<>();
        List<Pod> ordered = pods.stream()
                .sorted(Comparator.comparing(ForeignGang::memberName))
                .toList();
        for (Pod pod : ordered) {
            Optional<String> node = node(pod, assumed);
            if (isOver(pod) || node.isPresent() && !isCounted(pod)) {
                continue;
            }
            if (node.isPresent()) {
                boolean isLeaving =
                        isLeaving(pod) || doomed.contains(pod.getMetadata().getUid());
                placed.add(member(pod, node, NodeConstraints.NONE, isLeaving));
                if (!isLeaving) {
                    staying.add(pod);
                }
            } else if (isReadyToBePlaced(pod)) {
                waiting.add(pod);
            }
        }
        QueueRight right = right(name, ordered, rights);
        Optional<Unsupported> refusal = waiting.stream()
                .map(PodRefusals::of)
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> size(name, ordered).isEmpty() && !waiting.isEmpty() ? Optional.of(NO_SIZE) : Optional.empty())
                .or(() -> refusal(right))
                .or(() -> waiting.stream()
                        .flatMap(pod -> obstacle(pod, claims).stream())
                        .findFirst());
        List<ExternalGang.Member> members = new ArrayList<>(placed);
        if (refusal.isEmpty() && right.kind() == QueueRight.Kind.ALLOWED) {
            waiting.forEach(pod -> members.add(member(pod, Optional.empty(), PodConstraints.of(pod, claims), false)));
        }
        members.sort(Comparator.comparing(ExternalGang.Member::name));
        // Pods that got their nodes without the right, by naming them, must not fill a queue of others.
        String queue = right.kind() == QueueRight.Kind.REFUSED ? DEFAULT_QUEUE : queue(ordered);
        return new ForeignGang(gang(name, ordered, queue, members, isTorn(staying, waiting)), waiting, refusal);
    }

    private static Optional<Unsupported> obstacle(Pod pod, ClaimState.Lookup claims) {
        return ClaimState.names(pod).stream()
                .map(claim ->
                        claims.find(pod.getMetadata().getNamespace(), claim).orElseGet(() -> ClaimState.unknown(claim)))
                .flatMap(state -> state.obstacle().stream())
                .findFirst();
    }

    /** The queue that everybody may use is not asked about. */
    private static QueueRight right(GangName name, List<Pod> pods, QueueRight.Source rights) {
        String queue = queue(pods);
        return queue.equals(DEFAULT_QUEUE)
                ? QueueRight.ALLOWED
                : pods.stream()
                        .filter(pod -> !isOver(pod))
                        .map(pod -> Optional.ofNullable(pod.getSpec().getServiceAccountName())
                                .orElse(DEFAULT_ACCOUNT))
                        .distinct()
                        .map(account -> rights.of(name.namespace(), account, queue))
                        .max(Comparator.comparing(QueueRight::kind))
                        .orElse(QueueRight.ALLOWED);
    }

    private static Optional<Unsupported> refusal(QueueRight right) {
        return right.why().isEmpty()
                ? Optional.empty()
                : Optional.of(new Unsupported(
                        "metadata.labels[" + Labels.QUEUE + "]", WaitTexts.QUEUE_FORBIDDEN, right.why()));
    }

    private static String queue(List<Pod> pods) {
        return labels(pods, Labels.QUEUE).findFirst().orElse(DEFAULT_QUEUE);
    }

    private static ExternalGang gang(
            GangName name, List<Pod> pods, String queue, List<ExternalGang.Member> members, boolean isTorn) {
        ExternalGang.Builder gang = ExternalGang.builder()
                .id(name.id())
                .name(name.toString())
                .createdAt(pods.stream()
                        .flatMap(pod -> Containers.time(pod.getMetadata().getCreationTimestamp()).stream())
                        .min(Comparator.naturalOrder())
                        .orElse(Instant.EPOCH))
                .size(Math.max(1, size(name, pods).orElse(1) - succeeded(pods)))
                .members(members)
                .torn(isTorn);
        gang.queue(queue);
        gang.priority(pods.stream()
                .map(pod -> pod.getSpec().getPriority())
                .mapToInt(priority -> priority == null ? 0 : priority)
                .min()
                .orElse(0));
        gang.preemptible(annotations(pods, Labels.PREEMPTIBLE).noneMatch("false"::equals));
        return gang.build();
    }

    /** What has done its work needs no place any more, and nobody makes it again. */
    private static int succeeded(List<Pod> pods) {
        return (int) pods.stream()
                .filter(pod -> Containers.phase(pod).equals("Succeeded"))
                .count();
    }

    private static Optional<Integer> size(GangName name, List<Pod> pods) {
        if (name.isAlone()) {
            return Optional.of(1);
        }
        return annotations(pods, Labels.GANG_SIZE)
                .filter(text -> text.matches("[1-9][0-9]{0,5}"))
                .map(Integer::valueOf)
                .max(Comparator.naturalOrder());
    }

    private static ExternalGang.Member member(
            Pod pod, Optional<String> node, NodeConstraints constraints, boolean isLeaving) {
        return new ExternalGang.Member(
                memberName(pod), PodDemand.of(pod).orElse(Resources.NONE), constraints, node, isLeaving);
    }

    private static Optional<String> node(Pod pod, Map<String, String> assumed) {
        return Optional.ofNullable(pod.getSpec().getNodeName())
                .or(() -> Optional.ofNullable(assumed.get(pod.getMetadata().getUid())));
    }

    private static boolean isOver(Pod pod) {
        String phase = Containers.phase(pod);
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /** Not one that goes before it has come, nor one that somebody holds back. */
    private static boolean isReadyToBePlaced(Pod pod) {
        return !isLeaving(pod)
                && Optional.ofNullable(pod.getSpec().getSchedulingGates())
                        .orElse(List.of())
                        .isEmpty();
    }

    private static boolean isLeaving(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    /** A gang is bound only when all its pods exist, so one that came later was no part of that. */
    private static boolean isTorn(List<Pod> placed, List<Pod> waiting) {
        Optional<Instant> firstBound = placed.stream().map(ForeignGang::boundAt).min(Comparator.naturalOrder());
        Optional<Instant> lastMade = waiting.stream()
                .flatMap(pod -> Containers.time(pod.getMetadata().getCreationTimestamp()).stream())
                .max(Comparator.naturalOrder());
        return firstBound.isPresent() && lastMade.isPresent() && !lastMade.get().isAfter(firstBound.get());
    }

    /** The beginning of time where it is not known. */
    private static Instant boundAt(Pod pod) {
        return Containers.status(pod).stream()
                .flatMap(status -> status.getConditions().stream())
                .filter(condition -> "PodScheduled".equals(condition.getType()) && "True".equals(condition.getStatus()))
                .flatMap(condition -> Containers.time(condition.getLastTransitionTime()).stream())
                .findFirst()
                .orElse(Instant.EPOCH);
    }

    private static Stream<String> labels(List<Pod> pods, String key) {
        return pods.stream().map(Pod::getMetadata).map(ObjectMeta::getLabels).flatMap(map -> value(map, key));
    }

    private static Stream<String> annotations(List<Pod> pods, String key) {
        return pods.stream()
                .map(Pod::getMetadata)
                .map(ObjectMeta::getAnnotations)
                .flatMap(map -> value(map, key));
    }

    private static Stream<String> value(@Nullable Map<String, String> map, String key) {
        String text = map == null ? null : map.get(key);
        return text == null || text.isEmpty() ? Stream.empty() : Stream.of(text);
    }
}
