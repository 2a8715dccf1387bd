package io.mlengine.core.scheduling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds whom to stop so that a gang fits: whole gangs, cheapest first, and no set from which one could be left out.
 *
 * <p>First everybody is taken away in thought: when the gang does not fit even then, nobody is stopped. Then the shortest
 * sufficient run of the cheapest is found by halving, those on nodes that the gang would not use are dropped at once,
 * and the rest is put back one by one, the dearest first. O(log candidates + victims) placements.
 */
final class VictimSearch {
    /** Lower priority first, then the one that has run for the shortest time, then the one submitted last. */
    private static final Comparator<Candidate> CHEAPEST_FIRST = Comparator.comparingInt(
                    (Candidate candidate) -> candidate.gang().priority())
            .thenComparing(candidate -> candidate.gang().grantedAt(), Comparator.reverseOrder())
            .thenComparing(candidate -> candidate.gang().sequence(), Comparator.reverseOrder());

    private final GangPlacer placer;

    VictimSearch(GangPlacer placer) {
        this.placer = placer;
    }

    /**
     * Somebody who may be stopped.
     *
     * @param gang the gang
     * @param holding what it holds
     */
    record Candidate(RunningGang gang, Holding holding) {}

    /**
     * Searches.
     *
     * @param room what is free, and what is coming free anyway
     * @param candidates who may be stopped
     * @return the victims, cheapest first; empty when stopping all of them would not help
     */
    List<Candidate> find(
            Room room, PendingGang gang, GangNeed need, Predicate<RunningGang> allowed, List<Candidate> all) {
        List<Candidate> candidates = new ArrayList<>();
        for (Candidate candidate : all) {
            if (allowed.test(candidate.gang())) {
                candidates.add(candidate);
            }
        }
        candidates.sort(CHEAPEST_FIRST);
        if (candidates.isEmpty() || !fits(without(room, candidates), gang, need)) {
            return List.of();
        }
        List<Candidate> victims = onUsedNodes(room, gang, need, shortestRun(room, gang, need, candidates));
        return minimal(room, gang, need, victims);
    }

    private boolean fits(Room room, PendingGang gang, GangNeed need) {
        return place(room, gang, need) != null;
    }

    private @Nullable Holding place(Room room, PendingGang gang, GangNeed need) {
        return placer.least(room, gang.queue(), need, load -> room.queues().fits(gang.queue(), load));
    }

    private static Room without(Room room, List<Candidate> gone) {
        Room rest = room.copy();
        for (Candidate candidate : gone) {
            rest.release(candidate.holding());
        }
        return rest;
    }

    private List<Candidate> shortestRun(Room room, PendingGang gang, GangNeed need, List<Candidate> candidates) {
        int low = 1;
        int high = candidates.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (fits(without(room, candidates.subList(0, middle)), gang, need)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return candidates.subList(0, low);
    }

    private List<Candidate> onUsedNodes(Room room, PendingGang gang, GangNeed need, List<Candidate> victims) {
        Holding place = place(without(room, victims), gang, need);
        List<Candidate> touched = new ArrayList<>();
        for (Candidate victim : victims) {
            if (place != null && place.meets(victim.holding())) {
                touched.add(victim);
            }
        }
        // A queue's limit may need victims elsewhere.
        return fits(without(room, touched), gang, need) ? touched : victims;
    }

    private List<Candidate> minimal(Room room, PendingGang gang, GangNeed need, List<Candidate> victims) {
        Room rest = without(room, victims);
        List<Candidate> needed = new ArrayList<>();
        for (int i = victims.size() - 1; i >= 0; i--) {
            rest.occupy(victims.get(i).holding());
            if (!fits(rest, gang, need)) {
                rest.release(victims.get(i).holding());
                needed.add(0, victims.get(i));
            }
        }
        return needed;
    }
}
