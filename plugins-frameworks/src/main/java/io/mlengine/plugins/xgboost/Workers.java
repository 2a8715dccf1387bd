package io.mlengine.plugins.xgboost;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The replicas that train together, in the order of their ranks: the master first, then by index. */
final class Workers {
    static final String MASTER = "master";
    static final String WORKER = "worker";

    private final List<Member> members;

    private Workers(List<Member> members) {
        this.members = members;
    }

    static Workers of(ClusterView view) {
        return new Workers(rolesOf(view.job()).stream()
                .flatMap(role -> view.members(role.name()).stream().sorted(Comparator.comparing(Member::key)))
                .toList());
    }

    /** The roles that train: master and worker, or a tracked role of any name; the others are companions. */
    static List<Role> rolesOf(JobShape job) {
        List<Role> known = Stream.of(MASTER, WORKER)
                .map(job::role)
                .flatMap(Optional::stream)
                .toList();
        return known.isEmpty() ? job.roles().stream().filter(Role::tracked).toList() : known;
    }

    /** All replicas that train, in the order of their ranks. */
    static List<ReplicaKey> keysOf(JobShape job) {
        List<ReplicaKey> keys = new ArrayList<>();
        for (Role role : rolesOf(job)) {
            for (int index = 0; index < role.replicas(); index++) {
                keys.add(new ReplicaKey(role.name(), index));
            }
        }
        return keys;
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

    /** The tracker gives ranks by the order of task ids as texts, so that all of them have as many digits. */
    String taskIdOf(Member member) {
        String last = Integer.toString(size() - 1);
        String rank = Integer.toString(rankOf(member));
        return "0".repeat(last.length() - rank.length()) + rank;
    }
}
