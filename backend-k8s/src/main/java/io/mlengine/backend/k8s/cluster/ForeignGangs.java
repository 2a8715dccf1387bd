package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.pod.ClaimState;
import io.mlengine.backend.k8s.pod.ForeignGang;
import io.mlengine.backend.k8s.pod.GangName;
import io.mlengine.backend.k8s.pod.HostPorts;
import io.mlengine.backend.k8s.pod.QueueRight;
import io.mlengine.backend.k8s.pod.Unsupported;
import io.mlengine.spi.backend.ExternalGang;
import io.mlengine.spi.model.JobId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The gangs of pods that others made and that the engine places. Changes are gathered and told gang by gang.
 * Thread-safe; reports are made under its lock, so that none overtakes another.
 */
final class ForeignGangs {
    /** Hears of gangs that are refused. */
    interface RefusalListener {
        /** A gang waits for ever, for this reason; or does not any more. */
        void refused(GangName gang, List<Pod> waiting, Optional<Unsupported> reason);
    }

    private final Predicate<Pod> isMember;
    private final Consumer<ExternalGang> sink;
    private final RefusalListener refusals;
    private final ClaimState.Lookup claims;
    private final QueueRight.Source rights;
    private final Map<GangName, Group> groups = new TreeMap<>();
    private final Map<JobId, GangName> names = new HashMap<>();
    private final Map<String, String> assumed = new HashMap<>();
    private final Set<String> doomed = new HashSet<>();
    private final Set<GangName> changed = new TreeSet<>();

    private static final class Group {
        final Map<String, Pod> pods = new HashMap<>();

        @Nullable
        ExternalGang told;
    }

    /**
     * Makes an empty set.
     *
     * @param isMember which pods are placed by the engine
     * @param sink takes reports; must not block
     * @param refusals hears of gangs that cannot be placed; must not block
     * @param claims what is known of volume claims
     * @param rights who may use which queue
     */
    ForeignGangs(
            Predicate<Pod> isMember,
            Consumer<ExternalGang> sink,
            RefusalListener refusals,
            ClaimState.Lookup claims,
            QueueRight.Source rights) {
        this.isMember = isMember;
        this.sink = sink;
        this.refusals = refusals;
        this.claims = claims;
        this.rights = rights;
    }

    /** Whether a pod is part of a gang. */
    boolean isMember(Pod pod) {
        return isMember.test(pod);
    }

    /** Whether a pod is counted by the engine itself, with its gang. */
    boolean isCounted(Pod pod) {
        return isMember(pod) && ForeignGang.isCounted(pod);
    }

    /** Takes note of a pod; it is told with the next {@link #tell}. */
    synchronized void changed(Pod pod) {
        GangName name = GangName.of(pod);
        Group group = groups.computeIfAbsent(name, unused -> new Group());
        Pod before = group.pods.get(uid(pod));
        if (before == null || revision(pod) >= revision(before)) {
            group.pods.put(uid(pod), Trimmed.of(pod));
            if (pod.getSpec().getNodeName() != null) {
                assumed.remove(uid(pod));
            }
            changed.add(name);
        }
    }

    /** Takes note that a pod is gone. */
    synchronized void gone(Pod last) {
        GangName name = GangName.of(last);
        Group group = groups.get(name);
        if (group != null && group.pods.remove(uid(last)) != null) {
            assumed.remove(uid(last));
            doomed.remove(uid(last));
            changed.add(name);
        }
    }

    /** Forgets what is not there any more and tells everything, the oldest gang first. */
    synchronized void sync(Supplier<List<Pod>> present) {
        groups.values().forEach(group -> group.pods.clear());
        changed.addAll(groups.keySet());
        for (Pod pod : present.get()) {
            if (isMember(pod)) {
                changed(pod);
            }
        }
        Set<String> there = new TreeSet<>();
        groups.values().forEach(group -> there.addAll(group.pods.keySet()));
        assumed.keySet().retainAll(there);
        doomed.retainAll(there);
        groups.values().forEach(group -> group.told = group.pods.isEmpty() ? group.told : null);
        tell();
    }

    /** The claims of pods without a node. */
    synchronized SortedSet<ClaimBook.Claim> claims() {
        SortedSet<ClaimBook.Claim> claims = new TreeSet<>();
        groups.forEach((name, group) ->
                group.pods.values().stream().filter(this::waits).forEach(pod -> addClaims(name, pod, claims)));
        return claims;
    }

    private static void addClaims(GangName gang, Pod pod, Set<ClaimBook.Claim> claims) {
        ClaimState.names(pod).forEach(claim -> claims.add(new ClaimBook.Claim(gang.namespace(), claim)));
    }

    /** Claims have become something else; tells the gangs that wait with them. */
    synchronized void claimsChanged(Set<ClaimBook.Claim> news) {
        groups.forEach((name, group) -> {
            Set<ClaimBook.Claim> claims = new TreeSet<>();
            group.pods.values().stream().filter(this::waits).forEach(pod -> addClaims(name, pod, claims));
            if (claims.stream().anyMatch(news::contains)) {
                changed.add(name);
            }
        });
        tell();
    }

    /** The ports of nodes that its pods ask for or have. */
    synchronized SortedSet<String> hostPorts() {
        SortedSet<String> ports = new TreeSet<>();
        groups.values().forEach(group -> group.pods.values().forEach(pod -> ports.addAll(HostPorts.of(pod))));
        return ports;
    }

    /** Tells what has changed since the last time. */
    synchronized void tell() {
        List<GangName> names = new ArrayList<>(changed);
        changed.clear();
        List<ExternalGang> reports = new ArrayList<>();
        names.forEach(name -> read(name).ifPresent(reports::add));
        reports.stream()
                .sorted(Comparator.comparing(ExternalGang::createdAt).thenComparing(ExternalGang::id))
                .forEach(sink);
    }

    /** Permissions in these namespaces may have changed. */
    synchronized void rightsChanged(Set<String> namespaces) {
        groups.keySet().stream()
                .filter(name -> namespaces.contains(name.namespace()))
                .forEach(changed::add);
        tell();
    }

    private Optional<ExternalGang> read(GangName name) {
        Group group = groups.get(name);
        if (group == null) {
            return Optional.empty();
        }
        ForeignGang gang = ForeignGang.of(name, group.pods.values(), assumed, doomed, claims, rights);
        refusals.refused(name, gang.waiting(), gang.refusal());
        ExternalGang before = group.told;
        boolean isKnown = before != null && !before.members().isEmpty();
        group.told = gang.gang();
        names.put(name.id(), name);
        if (group.pods.isEmpty()) {
            groups.remove(name);
            names.remove(name.id());
        }
        boolean isNothing = gang.gang().members().isEmpty() && !isKnown;
        return isNothing || gang.gang().equals(before) ? Optional.empty() : Optional.of(gang.gang());
    }

    /** The name of a gang. */
    synchronized Optional<GangName> name(JobId gang) {
        return Optional.ofNullable(names.get(gang));
    }

    /** The pod of a member as it is known now; empty when it is gone or has a node. */
    synchronized Optional<Pod> waiting(JobId gang, String member) {
        return pods(gang).stream()
                .filter(pod -> ForeignGang.memberName(pod).equals(member))
                .filter(this::waits)
                .findFirst();
    }

    /** The pods of a gang without a node. */
    synchronized List<Pod> waiting(GangName gang) {
        Group group = groups.get(gang);
        return group == null
                ? List.of()
                : group.pods.values().stream().filter(this::waits).toList();
    }

    /** The pods of a gang that have a node and have not ended. */
    synchronized List<Pod> placed(JobId gang) {
        return pods(gang).stream()
                .filter(pod -> !waits(pod) && !NodeReports.isFinished(pod))
                .toList();
    }

    private boolean waits(Pod pod) {
        return pod.getSpec().getNodeName() == null
                && pod.getMetadata().getDeletionTimestamp() == null
                && !assumed.containsKey(uid(pod));
    }

    private Collection<Pod> pods(JobId gang) {
        GangName name = names.get(gang);
        Group group = name == null ? null : groups.get(name);
        return group == null ? List.of() : group.pods.values();
    }

    /** The engine has bound or ended pods, which may not be seen yet; tells their gang at once. */
    synchronized void ordered(JobId gang, Map<Pod, String> nodes, Collection<Pod> ended) {
        GangName name = names.get(gang);
        Group group = name == null ? null : groups.get(name);
        if (group == null) {
            return;
        }
        nodes.forEach((pod, node) -> {
            Pod known = group.pods.get(uid(pod));
            if (known != null && known.getSpec().getNodeName() == null) {
                assumed.put(uid(pod), node);
            }
        });
        ended.stream().map(ForeignGangs::uid).filter(group.pods::containsKey).forEach(doomed::add);
        changed.add(name);
        tell();
    }

    private static String uid(Pod pod) {
        return pod.getMetadata().getUid();
    }

    private static long revision(Pod pod) {
        return Revisions.of(pod.getMetadata().getResourceVersion());
    }
}
