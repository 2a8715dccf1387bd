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
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

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
    private boolean placing;
    private boolean leaving;
    private boolean wasWhole;
    private boolean watched;
    private String trouble = "";
    private String said = "";

    ExternalEntry(ExternalGang gang, long holdingSequence, long waitingSequence) {
        this.gang = gang;
        this.holdingSequence = holdingSequence;
        this.waitingSequence = waitingSequence;
        this.grantedAt = gang.createdAt();
        this.wasWhole = seated() >= gang.size();
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
        ordered.keySet().retainAll(unreported());
        // What was evicted is gone or going; what has come in its place waits anew.
        wasWhole = seated() >= gang.size() || wasWhole && seated() > 0;
        if (!waits()) {
            // Whoever comes to wait later has not heard it.
            said = "";
        }
    }

    /**
     * The holder's view: members with a place, ordered ones included. It stays the same while these turn out to be there
     * one by one, or each of them would be a reason to decide anew: what they wished of their nodes is no part of it.
     */
    Optional<RunningGang> holding() {
        Map<Resources, List<String>> kinds = new LinkedHashMap<>();
        for (ExternalGang.Member member : gang.members()) {
            place(member)
                    .ifPresent(node -> kinds.computeIfAbsent(member.resources(), kind -> new ArrayList<>())
                            .add(node));
        }
        if (kinds.isEmpty()) {
            return Optional.empty();
        }
        List<GangRole> roles = new ArrayList<>();
        List<Placement.Slot> slots = new ArrayList<>();
        kinds.forEach((resources, nodes) -> {
            String role = "kind-" + roles.size();
            roles.add(GangRole.fixed(role, nodes.size(), resources));
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
                .draining(leaving || placed() == 0)
                .build());
    }

    /**
     * The waiter's view: members without a place, once enough of them exist; after that they come one by one. One order is
     * answered before there is another.
     */
    Optional<PendingGang> pending() {
        Map<Kind, List<String>> kinds = unplaced();
        if (kinds.isEmpty() || placing || leaving || isIncomplete()) {
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

    /** Whether members wait for others that do not exist. */
    boolean isIncomplete() {
        return !wasWhole && present() < gang.size() && !unplaced().isEmpty();
    }

    String incomplete() {
        return "waiting for members: " + present() + " of " + gang.size() + " exist";
    }

    private long present() {
        return gang.members().stream().filter(member -> !member.leaving()).count();
    }

    /** Whether it holds places of a placing that was cut short, and nothing is under way to complete it. */
    boolean isStranded() {
        return gang.torn()
                && !wasWhole
                && !leaving
                && !placing
                && placed() > 0
                && !unplaced().isEmpty();
    }

    private Map<Kind, List<String>> unplaced() {
        Map<Kind, List<String>> kinds = new LinkedHashMap<>();
        for (ExternalGang.Member member : gang.members()) {
            if (place(member).isEmpty() && !member.leaving()) {
                kinds.computeIfAbsent(new Kind(member.resources(), member.nodes()), kind -> new ArrayList<>())
                        .add(member.name());
            }
        }
        return kinds;
    }

    private Optional<String> place(ExternalGang.Member member) {
        return member.node().or(() -> Optional.ofNullable(ordered.get(member.name())));
    }

    private Set<String> unreported() {
        return gang.members().stream()
                .filter(member -> member.node().isEmpty())
                .map(ExternalGang.Member::name)
                .collect(Collectors.toSet());
    }

    /** Members whose place is certain. */
    private long seated() {
        return gang.members().stream()
                .filter(member -> !member.leaving() && member.node().isPresent())
                .count();
    }

    private int placed() {
        return (int) gang.members().stream()
                .filter(member -> !member.leaving() && place(member).isPresent())
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
        placing = true;
        grantedAt = now;
        said = "";
        return chosen;
    }

    /** What was ordered is there, and has been reported. */
    void settled() {
        ordered.clear();
        placing = false;
        trouble = "";
        failures = 0;
        notBefore = Optional.empty();
    }

    /** What was ordered is not there; returns how long it must wait. */
    Duration failed(String why, Instant now, Duration first, Duration longest) {
        trouble = why;
        ordered.clear();
        placing = false;
        Duration pause = first.multipliedBy(1L << Math.min(failures++, 16));
        pause = pause.compareTo(longest) > 0 ? longest : pause;
        notBefore = Optional.of(now.plus(pause));
        return pause;
    }

    /** Whether any member waits for a place. */
    boolean waits() {
        return !unplaced().isEmpty();
    }

    /** From now on somebody looks whether it stays stranded; returns false when somebody does already. */
    boolean watched() {
        boolean anew = !watched;
        watched = true;
        return anew;
    }

    void unwatched() {
        watched = false;
    }

    /** It is ordered to leave; from the answer on, members that leave say so themselves. */
    void leaving() {
        leaving = true;
    }

    void answered() {
        leaving = false;
    }

    /** A reason to wait, with what went wrong the last time. */
    String explained(String reason) {
        return trouble.isEmpty() ? reason : reason + "; last time: " + trouble;
    }

    boolean saysAnew(String reason) {
        boolean anew = !said.equals(reason);
        said = reason;
        return anew;
    }
}
