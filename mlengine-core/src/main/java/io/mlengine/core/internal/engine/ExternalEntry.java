package io.mlengine.core.internal.engine;

import io.mlengine.core.scheduling.GangRole;
import io.mlengine.core.scheduling.PendingGang;
import io.mlengine.core.scheduling.RunningGang;
import io.mlengine.spi.backend.ExternalGang;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the loop knows of one gang of others, and the two gangs that the policy sees of it. Owned by the loop. */
final class ExternalEntry {
    private record Kind(Resources resources, NodeConstraints nodes) {}

    private final long holdingSequence;
    private final long waitingSequence;
    private ExternalGang gang;
    /** Places that are ordered and not reported yet, member to node. */
    private final SortedMap<String, String> ordered = new TreeMap<>();

    private Instant grantedAt;
    private Optional<Instant> notBefore = Optional.empty();
    private int failures;
    private boolean leaving;
    private String said = "";

    ExternalEntry(ExternalGang gang, long holdingSequence, long waitingSequence) {
        this.gang = gang;
        this.holdingSequence = holdingSequence;
        this.waitingSequence = waitingSequence;
        this.grantedAt = gang.createdAt();
    }

    ExternalGang gang() {
        return gang;
    }

    JobId id() {
        return gang.id();
    }

    String name() {
        return gang.name();
    }

    JobId holdingId() {
        return gang.id();
    }

    JobId waitingId() {
        return JobId.of(gang.id().value() + "-rest");
    }

    void reported(ExternalGang newGang) {
        gang = newGang;
        ordered.keySet()
                .removeIf(member -> gang.members().stream()
                        .noneMatch(known ->
                                known.name().equals(member) && known.node().isEmpty()));
    }

    /** The holder's view: members with a place, ordered ones included. */
    Optional<RunningGang> holding() {
        Map<Kind, List<String>> kinds = new LinkedHashMap<>();
        for (ExternalGang.Member member : gang.members()) {
            place(member)
                    .ifPresent(node -> kinds.computeIfAbsent(
                                    new Kind(member.resources(), member.nodes()), kind -> new ArrayList<>())
                            .add(node));
        }
        if (kinds.isEmpty()) {
            return Optional.empty();
        }
        List<GangRole> roles = new ArrayList<>();
        List<Placement.Slot> slots = new ArrayList<>();
        kinds.forEach((kind, nodes) -> {
            String role = "kind-" + roles.size();
            roles.add(GangRole.fixed(role, nodes.size(), kind.resources()).on(kind.nodes()));
            for (String node : nodes) {
                int index = slots.size();
                slots.add(new Placement.Slot(new ReplicaKey(role, index), node, List.of()));
            }
        });
        return Optional.of(RunningGang.builder()
                .id(holdingId())
                .sequence(holdingSequence)
                .queue(gang.queue())
                .priority(gang.priority())
                .preemptible(gang.preemptible())
                .submittedAt(gang.createdAt())
                .roles(roles)
                .placement(new Placement(slots))
                .grantedAt(grantedAt)
                .draining(leaving)
                .build());
    }

    /** The waiter's view: members without a place, once enough of them exist. */
    Optional<PendingGang> pending() {
        Map<Kind, List<String>> kinds = unplaced();
        if (kinds.isEmpty() || leaving || isIncomplete()) {
            return Optional.empty();
        }
        int missing = Math.max(1, gang.size() - placed());
        int rest = kinds.values().stream().mapToInt(List::size).sum();
        List<GangRole> roles = new ArrayList<>();
        for (Map.Entry<Kind, List<String>> kind : kinds.entrySet()) {
            int count = kind.getValue().size();
            int least = rest == missing ? count : 0;
            roles.add(new GangRole(
                    "kind-" + roles.size(),
                    count,
                    least,
                    count,
                    kind.getKey().resources(),
                    kind.getKey().nodes()));
        }
        return Optional.of(PendingGang.builder()
                .id(waitingId())
                .sequence(waitingSequence)
                .queue(gang.queue())
                .priority(gang.priority())
                .preemptible(gang.preemptible())
                .submittedAt(gang.createdAt())
                .notBefore(notBefore)
                .roles(roles)
                .gangMinimum(OptionalInt.of(missing))
                .build());
    }

    boolean isIncomplete() {
        return gang.members().size() < gang.size();
    }

    String incomplete() {
        return "waiting for members: " + gang.members().size() + " of " + gang.size() + " exist";
    }

    private Map<Kind, List<String>> unplaced() {
        Map<Kind, List<String>> kinds = new LinkedHashMap<>();
        for (ExternalGang.Member member : gang.members()) {
            if (place(member).isEmpty()) {
                kinds.computeIfAbsent(new Kind(member.resources(), member.nodes()), kind -> new ArrayList<>())
                        .add(member.name());
            }
        }
        return kinds;
    }

    private Optional<String> place(ExternalGang.Member member) {
        return member.node().or(() -> Optional.ofNullable(ordered.get(member.name())));
    }

    private int placed() {
        return (int) gang.members().stream()
                .filter(member -> place(member).isPresent())
                .count();
    }

    /** Gives the places of a start to members; equal members take them in the order of their names. */
    SortedMap<String, String> choose(Placement placement, Instant now) {
        List<List<String>> members = List.copyOf(unplaced().values());
        int[] next = new int[members.size()];
        SortedMap<String, String> chosen = new TreeMap<>();
        for (Placement.Slot slot : placement.replicas()) {
            int kind = Integer.parseInt(slot.key().role().substring("kind-".length()));
            chosen.put(members.get(kind).get(next[kind]++), slot.node());
        }
        ordered.putAll(chosen);
        grantedAt = now;
        said = "";
        return chosen;
    }

    void settled() {
        failures = 0;
        notBefore = Optional.empty();
    }

    /** What was ordered is not there; returns how long it must wait. */
    Duration failed(Instant now, Duration first, Duration longest) {
        ordered.clear();
        Duration pause = first.multipliedBy(1L << Math.min(failures++, 16));
        pause = pause.compareTo(longest) > 0 ? longest : pause;
        notBefore = Optional.of(now.plus(pause));
        return pause;
    }

    void leaving() {
        leaving = true;
    }

    void stays() {
        leaving = false;
    }

    boolean saysAnew(String reason) {
        boolean anew = !said.equals(reason);
        said = reason;
        return anew;
    }
}
