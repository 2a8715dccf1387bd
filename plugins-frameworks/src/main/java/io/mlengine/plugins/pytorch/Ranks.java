package io.mlengine.plugins.pytorch;

import io.mlengine.plugins.machine.Machines;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
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

    /** The ranks that form one machine with this one. */
    List<Member> machineOf(Member member) {
        return Machines.machineOf(view, members, member);
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
}
