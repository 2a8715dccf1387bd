package io.mlengine.plugins.pytorch;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The replicas that take part in the training, in the order of their ranks: the master first, then by index. */
final class Ranks {
    static final String MASTER = "master";
    static final String WORKER = "worker";

    private final ClusterView view;
    private final List<Member> members;

    private Ranks(ClusterView view, List<Member> members) {
        this.view = view;
        this.members = members;
    }

    static Ranks of(ClusterView view) {
        return new Ranks(
                view,
                rolesOf(view.job()).stream()
                        .flatMap(role -> view.members(role.name()).stream().sorted(Comparator.comparing(Member::key)))
                        .toList());
    }

    /** The roles with ranks: master and worker, or a tracked role of any name; the others are companions. */
    static List<Role> rolesOf(JobShape job) {
        List<Role> known = Stream.of(MASTER, WORKER)
                .map(job::role)
                .flatMap(Optional::stream)
                .toList();
        return known.isEmpty() ? job.roles().stream().filter(Role::tracked).toList() : known;
    }

    /** The replica with rank 0, which exists from the start and never leaves. */
    static Optional<ReplicaKey> firstOf(JobShape job) {
        return rolesOf(job).stream().findFirst().map(role -> new ReplicaKey(role.name(), 0));
    }

    static int leastOf(JobShape job) {
        return rolesOf(job).stream().mapToInt(Role::least).sum();
    }

    static int mostOf(JobShape job) {
        return rolesOf(job).stream().mapToInt(Role::most).sum();
    }

    static boolean isElastic(JobShape job) {
        return leastOf(job) < mostOf(job);
    }

    List<Member> members() {
        return members;
    }

    Member first() {
        return members.get(0);
    }

    int size() {
        return members.size();
    }

    boolean has(Member member) {
        return members.contains(member);
    }

    int rankOf(Member member) {
        return members.indexOf(member);
    }

    /**
     * The ranks that form one machine with this one. On a shared host these are its neighbours when every rank there has
     * exactly one whole GPU, or none has any: only then does LOCAL_RANK name the right device. Else each rank is a
     * machine of its own: a process can use one MIG instance, and sees it as device 0.
     */
    List<Member> machineOf(Member member) {
        List<Member> host = view.onHostOf(member);
        boolean isShared = host.stream().allMatch(other -> other.deviceCount() == 0)
                || host.stream().filter(other -> !has(other)).allMatch(other -> other.deviceCount() == 0)
                        && host.stream().filter(this::has).allMatch(this::hasOneWholeDevice);
        return isShared ? members.stream().filter(host::contains).toList() : List.of(member);
    }

    /** Number of the machine, counted by its lowest rank. */
    int machineIndexOf(Member member) {
        Member lowest = machineOf(member).get(0);
        return (int) members.stream()
                .map(other -> machineOf(other).get(0))
                .distinct()
                .takeWhile(other -> !other.equals(lowest))
                .count();
    }

    private boolean hasOneWholeDevice(Member member) {
        Role role = view.job().role(member.key().role()).orElseThrow();
        return member.deviceCount() == 1 && !isMig(role, member);
    }

    static boolean isMig(Role role, Member member) {
        return isMig(role) || member.devices().stream().map(Device::migProfile).anyMatch(Optional::isPresent);
    }

    static boolean isMig(Role role) {
        return role.resources().gpus().flatMap(gpus -> gpus.migProfile()).isPresent();
    }
}
