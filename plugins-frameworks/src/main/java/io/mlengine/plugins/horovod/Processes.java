package io.mlengine.plugins.horovod;

import io.mlengine.plugins.machine.Machines;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The replicas that train, each one process, with the slot of each. */
final class Processes {
    private final Map<Member, Slot> slots;

    private Processes(Map<Member, Slot> slots) {
        this.slots = slots;
    }

    static Processes of(ClusterView view) {
        List<Member> members = rolesOf(view.job()).stream()
                .flatMap(role -> view.members(role.name()).stream().sorted(Comparator.comparing(Member::key)))
                .toList();
        // Slots are given out host after host, so replicas whose hosts alternate do not get ranks by their index.
        Map<String, List<Member>> byHost = members.stream()
                .collect(Collectors.groupingBy(
                        member -> hostName(view, members, member), LinkedHashMap::new, Collectors.toList()));
        Map<String, Integer> slotsOfHosts = new LinkedHashMap<>();
        byHost.forEach((host, processes) -> slotsOfHosts.put(host, processes.size()));
        List<Slot> assigned = Slot.assign(slotsOfHosts, members.size());
        Map<Member, Slot> slots = new LinkedHashMap<>();
        byHost.values().stream().flatMap(List::stream).forEach(member -> slots.put(member, assigned.get(slots.size())));
        return new Processes(slots);
    }

    /** The roles that train: those that the job waits for. Valid jobs have one. */
    static List<Role> rolesOf(JobShape job) {
        return job.roles().stream()
                .filter(role -> role.tracked() && !Companion.isNamed(role.name()))
                .toList();
    }

    /** Tells whether processes may come and go. */
    static boolean areElastic(JobShape job) {
        return rolesOf(job).stream().anyMatch(role -> role.least() < role.most());
    }

    /** Names the machine. Processes that share an address but count as machines of their own need names that differ. */
    private static String hostName(ClusterView view, List<Member> members, Member member) {
        long sharers = view.onHostOf(member).stream().filter(members::contains).count();
        boolean isOneMachine = Machines.machineOf(view, members, member).size() == sharers;
        return isOneMachine ? member.host() : member.host() + "-" + member.key();
    }

    boolean has(Member member) {
        return slots.containsKey(member);
    }

    Slot slotOf(Member member) {
        Slot slot = slots.get(member);
        if (slot == null) {
            throw new IllegalArgumentException(member.key() + " does not train");
        }
        return slot;
    }

    List<Slot> slots() {
        return List.copyOf(slots.values());
    }
}
