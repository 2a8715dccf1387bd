package io.mlengine.core.lifecycle;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** The record that one event is making, and the effects collected on the way. Every change of phase passes the table. */
final class Draft {
    private static final int MOST_HISTORY = 256;

    private final JobRecord before;
    private final JobEvent.Type event;
    private final Instant now;
    private final List<Effect> effects = new ArrayList<>();
    private JobRecord record;
    private boolean moved;

    Draft(JobRecord before, JobEvent.Type event, Instant now) {
        this.before = before;
        this.event = event;
        this.now = now;
        this.record = before;
    }

    JobRecord record() {
        return record;
    }

    Phase phase() {
        return record.phase();
    }

    Instant now() {
        return now;
    }

    Attempt attempt() {
        return record.attempt().orElseThrow(() -> new IllegalStateException("no attempt in " + phase()));
    }

    /** Tells whether the newest attempt has begun and not ended. */
    boolean hasOpenAttempt() {
        return record.attempt().isPresent() && attempt().endedAt().isEmpty();
    }

    Gang gang() {
        return Gang.of(record);
    }

    void change(UnaryOperator<JobRecord.Builder> edit) {
        record = edit.apply(JobRecord.builder().from(record)).build();
    }

    void changeAttempt(UnaryOperator<Attempt.Builder> edit) {
        Attempt changed = edit.apply(Attempt.builder().from(attempt())).build();
        change(builder -> builder.attempt(changed));
    }

    void replica(ReplicaRecord replica) {
        SortedMap<ReplicaKey, ReplicaRecord> replicas = new TreeMap<>(attempt().replicas());
        replicas.put(replica.key(), replica);
        changeAttempt(builder -> builder.replicas(replicas));
    }

    void arm(JobTimer timer, Instant at) {
        SortedMap<JobTimer, Instant> timers = new TreeMap<>(record.timers());
        timers.put(timer, at);
        change(builder -> builder.timers(timers));
    }

    void disarm(JobTimer... gone) {
        SortedMap<JobTimer, Instant> timers = new TreeMap<>(record.timers());
        if (timers.keySet().removeAll(List.of(gone))) {
            change(builder -> builder.timers(timers));
        }
    }

    boolean isArmed(JobTimer timer) {
        return record.timers().containsKey(timer);
    }

    /** Tells whether a timer is set, can fire in the present phase, and its time has come. */
    boolean isDue(JobTimer timer) {
        Instant at = record.timers().get(timer);
        return at != null && timer.firesIn(phase()) && !at.isAfter(now);
    }

    /**
     * When the last of these replicas, of which none lives, ended by its own report, and not when that was heard. Clocks
     * of other machines may be wrong: it is never later than now, nor earlier than the last change of the places.
     */
    Instant endOf(Collection<ReplicaRecord> replicas) {
        Instant since = attempt().pastPlacements().stream()
                .map(Attempt.PastPlacement::until)
                .reduce(attempt().grantedAt(), Draft::later);
        return replicas.stream()
                .map(replica -> replica.current().endedAt().orElse(now))
                .reduce(Draft::later)
                .map(end -> later(since, end))
                .filter(end -> end.isBefore(now))
                .orElse(now);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    void order(Effect effect) {
        effects.add(effect);
    }

    void stopAll(Duration grace, StopReason reason) {
        order(new Effect.Stop(attempt().id(), new TreeSet<>(), grace, reason));
    }

    void stop(Collection<ReplicaId> starts, StopReason reason) {
        if (!starts.isEmpty()) {
            Duration grace = record.train().runPolicy().stopGrace();
            order(new Effect.Stop(attempt().id(), new TreeSet<>(starts), grace, reason));
        }
    }

    void enter(Phase to, String reason, String message) {
        enter(to, reason, message, builder -> builder);
    }

    /** Enters a phase; what must change in the same record, such as the time of the end, is in {@code with}. */
    void enter(Phase to, String reason, String message, UnaryOperator<JobRecord.Builder> with) {
        TransitionTable.requireMove(phase(), event, to);
        change(builder -> {
            JobRecord.Builder entered = with.apply(builder.phase(to));
            List<PhaseChange> history = new ArrayList<>(record.history());
            history.add(new PhaseChange(to, record.attemptNumber(), now, reason, message));
            return entered.history(newest(history, MOST_HISTORY));
        });
        moved = true;
    }

    Transition finish() {
        if (record == before || record.equals(before)) {
            if (!effects.isEmpty()) {
                TransitionTable.requireStay(before.phase(), event);
            }
            return new Transition(before, effects);
        }
        if (!moved) {
            TransitionTable.requireStay(before.phase(), event);
        }
        change(builder -> builder.version(before.version() + 1));
        return new Transition(record, effects);
    }

    static <T> List<T> newest(List<T> list, int most) {
        return List.copyOf(list.subList(Math.max(0, list.size() - most), list.size()));
    }
}
