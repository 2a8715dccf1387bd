package io.mlengine.core.lifecycle;

import static io.mlengine.core.job.Phase.ADMITTED;
import static io.mlengine.core.job.Phase.CANCELLED;
import static io.mlengine.core.job.Phase.CREATED;
import static io.mlengine.core.job.Phase.DELETING;
import static io.mlengine.core.job.Phase.FAILED;
import static io.mlengine.core.job.Phase.QUEUED;
import static io.mlengine.core.job.Phase.RESIZING;
import static io.mlengine.core.job.Phase.RESTARTING;
import static io.mlengine.core.job.Phase.RUNNING;
import static io.mlengine.core.job.Phase.STARTING;
import static io.mlengine.core.job.Phase.STOPPING;
import static io.mlengine.core.job.Phase.SUCCEEDED;
import static io.mlengine.core.job.Phase.SUSPENDED;
import static io.mlengine.core.job.Phase.SUSPENDING;
import static io.mlengine.core.lifecycle.JobEvent.Type.ACCEPT;
import static io.mlengine.core.lifecycle.JobEvent.Type.CANCEL;
import static io.mlengine.core.lifecycle.JobEvent.Type.DELETE;
import static io.mlengine.core.lifecycle.JobEvent.Type.GRANT;
import static io.mlengine.core.lifecycle.JobEvent.Type.ORDER_FAILED;
import static io.mlengine.core.lifecycle.JobEvent.Type.PREEMPT;
import static io.mlengine.core.lifecycle.JobEvent.Type.PROGRESSED;
import static io.mlengine.core.lifecycle.JobEvent.Type.REMOVED;
import static io.mlengine.core.lifecycle.JobEvent.Type.REPLICA_CHANGED;
import static io.mlengine.core.lifecycle.JobEvent.Type.RESERVED;
import static io.mlengine.core.lifecycle.JobEvent.Type.RESIZE;
import static io.mlengine.core.lifecycle.JobEvent.Type.RESUME;
import static io.mlengine.core.lifecycle.JobEvent.Type.SUSPEND;
import static io.mlengine.core.lifecycle.JobEvent.Type.WAKE;

import com.google.common.collect.ImmutableSet;
import io.mlengine.core.job.Phase;
import io.mlengine.core.lifecycle.JobEvent.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * Which phase may follow which, as data. The state machine asks the table at each step and throws where it finds no row;
 * tests ask that every (phase, event) pair has a row and that every row was seen to happen.
 *
 * <p>One event may lead through several phases at once, for example from RUNNING through STOPPING to SUCCEEDED when the
 * last replica ends; each step has its own row, and the history shows each.
 */
public final class TransitionTable {
    private static final List<Phase> NOTHING_HELD = List.of(CREATED, QUEUED, SUSPENDED);
    private static final List<Phase> LIVE = List.of(STARTING, RUNNING, RESIZING);
    private static final List<Phase> OPEN = List.of(ADMITTED, STARTING, RUNNING, RESIZING);
    private static final List<Phase> DRAINING = List.of(RESTARTING, SUSPENDING, STOPPING);
    private static final List<Phase> ENDED = List.of(SUCCEEDED, FAILED, CANCELLED);
    private static final List<Phase> OVER = List.of(SUCCEEDED, FAILED, CANCELLED, DELETING);

    private static final List<Row> ROWS = List.copyOf(new Rows().all());
    private static final ImmutableSet<Step> STEPS = ROWS.stream()
            .filter(row -> row.kind() != Kind.IGNORE)
            .map(row -> new Step(row.from(), row.event(), row.to()))
            .collect(ImmutableSet.toImmutableSet());

    private TransitionTable() {}

    /** What a row says. */
    public enum Kind {
        /** The job enters another phase. */
        MOVE,
        /** The job stays in its phase; its record changes or something is ordered. */
        STAY,
        /** Nothing happens at all. */
        IGNORE
    }

    /**
     * A row.
     *
     * @param from the phase before
     * @param event what happened
     * @param guard when the row holds
     * @param kind what it says
     * @param to the phase after
     * @param then what is done
     */
    public record Row(Phase from, Type event, String guard, Kind kind, Phase to, String then) {}

    /** All rows, by phase, then by event. */
    public static List<Row> rows() {
        return ROWS;
    }

    private record Step(Phase from, Type event, Phase to) {}

    static void requireMove(Phase from, Type event, Phase to) {
        require(from, event, to);
    }

    static void requireStay(Phase phase, Type event) {
        require(phase, event, phase);
    }

    private static void require(Phase from, Type event, Phase to) {
        if (!STEPS.contains(new Step(from, event, to))) {
            throw new IllegalStateException("no row for " + from + " + " + event + " -> " + to);
        }
    }

    /** The rows, told phase by phase. */
    private static final class Rows {
        private final List<Row> rows = new ArrayList<>();

        List<Row> all() {
            beforeAnAttempt();
            start();
            work();
            wishes();
            drain();
            end();
            refuse();
            rows.sort(java.util.Comparator.comparing(Row::from).thenComparing(Row::event));
            return rows;
        }

        private void beforeAnAttempt() {
            move(CREATED, ACCEPT, "it shall run", QUEUED, "");
            move(CREATED, ACCEPT, "it is held back", SUSPENDED, "");
            move(QUEUED, GRANT, "the gang fits its sizes, back-off over", ADMITTED, "attempt + 1, reserve");
            move(QUEUED, WAKE, "deadline", STOPPING, "outcome FAILED");
            stay(QUEUED, WAKE, "back-off over", "the scheduler may take it");
        }

        private void start() {
            move(ADMITTED, RESERVED, "of this attempt", STARTING, "launch the first wave");
            move(STARTING, REPLICA_CHANGED, "all members ready", RUNNING, "");
            stay(STARTING, REPLICA_CHANGED, "a wave is ready, or news of a member", "launch what is due");
            for (Phase phase : List.of(ADMITTED, STARTING, RESIZING)) {
                move(phase, WAKE, "start timeout", RESTARTING, "charge infrastructure, stop all");
            }
        }

        private void work() {
            for (Phase phase : LIVE) {
                move(phase, REPLICA_CHANGED, "goal met, or permanent failure, or budget used up", STOPPING, "outcome");
                move(phase, REPLICA_CHANGED, "retryable failure of the gang", RESTARTING, "charge, stop all");
                move(phase, WAKE, "deadline, or settle window over", STOPPING, "outcome, stop all");
            }
            move(STARTING, WAKE, "settle window over, retryable failure", RESTARTING, "charge, stop all");
            move(RUNNING, WAKE, "no progress, or settle window over", RESTARTING, "charge, stop all");
            move(ADMITTED, WAKE, "deadline, or budget used up", STOPPING, "outcome FAILED");
            for (Phase phase : OPEN) {
                move(phase, ORDER_FAILED, "retryable, or a restart to resize", RESTARTING, "charge or not, stop all");
                move(phase, ORDER_FAILED, "permanent, or budget used up", STOPPING, "outcome FAILED");
            }
            stay(RUNNING, REPLICA_CHANGED, "news, restart in place, settle window opens", "");
            stay(RUNNING, PROGRESSED, "a progress timeout is set", "push it");
            move(RUNNING, RESIZE, "smaller", RESIZING, "epoch + 1, stop the highest indexes");
            move(
                    RUNNING,
                    REPLICA_CHANGED,
                    "smaller, put off until an order was answered",
                    RESIZING,
                    "stop the highest");
            move(RUNNING, RESERVED, "smaller, wished meanwhile", RESIZING, "stop the highest indexes");
            move(RUNNING, GRANT, "other membership of elastic roles", RESIZING, "epoch + 1, reserve or stop");
            stay(RESIZING, REPLICA_CHANGED, "a member has left or is not ready yet", "make the claim smaller");
            move(RESIZING, REPLICA_CHANGED, "all members ready", RUNNING, "");
            move(RESIZING, RESERVED, "all members ready", RUNNING, "");
            stay(RESIZING, RESERVED, "of this epoch", "launch new members");
            move(
                    RESIZING,
                    RESERVED,
                    "a permanent failure that the larger gang did not mind",
                    STOPPING,
                    "outcome FAILED");
            move(
                    RESIZING,
                    RESERVED,
                    "a retryable failure that the larger gang did not mind",
                    RESTARTING,
                    "charge, stop all");
        }

        private void wishes() {
            stay(CREATED, SUSPEND, "", "held back when accepted");
            stay(CREATED, RESUME, "", "not held back when accepted");
            move(QUEUED, SUSPEND, "", SUSPENDED, "");
            move(SUSPENDED, RESUME, "", QUEUED, "");
            for (Phase phase : OPEN) {
                move(phase, SUSPEND, "", SUSPENDING, "stop all");
                move(phase, PREEMPT, "", SUSPENDING, "charge preemption, stop all");
                move(phase, PREEMPT, "preemption limit reached, or the end is certain", STOPPING, "outcome");
            }
            for (Phase phase : LIVE) {
                move(phase, SUSPEND, "in the settle window, the end is certain", STOPPING, "outcome");
            }
            move(RESTARTING, SUSPEND, "", SUSPENDING, "drains to SUSPENDED");
            stay(SUSPENDING, SUSPEND, "was preempted or resumed", "drains to SUSPENDED");
            stay(SUSPENDING, RESUME, "was suspended", "drains to QUEUED");
            for (Phase phase : Phase.values()) {
                if (!phase.isTerminal() && phase != STOPPING) {
                    move(phase, CANCEL, "", STOPPING, "outcome CANCELLED, stop all");
                    move(phase, DELETE, "", STOPPING, "outcome CANCELLED, stop all");
                    stay(phase, RESIZE, "inside the bounds", "record the sizes");
                }
            }
            stay(STOPPING, DELETE, "", "removed once it has ended");
        }

        private void drain() {
            for (Phase phase : DRAINING) {
                stay(phase, REPLICA_CHANGED, "something may live", "");
                stay(phase, WAKE, "drain timer", "stop all at once, again");
                stay(phase, ORDER_FAILED, "something may live", "unreported starts do not exist");
            }
            for (Type event : List.of(REPLICA_CHANGED, ORDER_FAILED, WAKE)) {
                move(RESTARTING, event, "drained", QUEUED, "release, back-off");
            }
            move(RESTARTING, WAKE, "deadline", STOPPING, "outcome FAILED");
            for (Type event : List.of(REPLICA_CHANGED, ORDER_FAILED)) {
                move(SUSPENDING, event, "drained, held back", SUSPENDED, "release");
                move(SUSPENDING, event, "drained, shall run", QUEUED, "release");
                for (Phase end : ENDED) {
                    move(STOPPING, event, "drained", end, "release, finishedAt, time to live");
                }
            }
            move(SUSPENDING, SUSPEND, "drained", SUSPENDED, "release");
            move(SUSPENDING, PREEMPT, "drained", QUEUED, "release");
            move(STOPPING, WAKE, "drained", FAILED, "release, finishedAt, time to live");
            move(STOPPING, PREEMPT, "drained", FAILED, "release, finishedAt, time to live");
            move(STOPPING, CANCEL, "drained", CANCELLED, "release, finishedAt, time to live");
            move(STOPPING, DELETE, "drained", CANCELLED, "release, finishedAt, removed at the next wake");
        }

        private void end() {
            for (Phase phase : ENDED) {
                move(phase, WAKE, "its time to live is over", DELETING, "remove");
                move(phase, DELETE, "", DELETING, "remove");
            }
            stay(DELETING, REMOVED, "", "forget");
        }

        private void refuse() {
            for (Phase phase : Phase.values()) {
                String old = "of an attempt that is over";
                if (NOTHING_HELD.contains(phase) || OVER.contains(phase) || phase == ADMITTED) {
                    stay(phase, REPLICA_CHANGED, old + ", alive", "stop it");
                }
                if (phase != RESIZING) {
                    stay(phase, RESERVED, old, "release it");
                }
                ignore(phase, ACCEPT, phase == CREATED ? "" : "accepted before");
                ignore(phase, GRANT, OVER.contains(phase) ? "has ended" : "holds its places, or waits for none");
                ignore(phase, ORDER_FAILED, old);
                ignore(phase, WAKE, "no timer fires here");
                ignore(phase, PROGRESSED, "no progress timer runs");
                ignore(phase, SUSPEND, phase == SUSPENDED ? "held back already" : "the end is decided");
                ignore(phase, RESUME, phase.isTerminal() || phase == STOPPING ? "the end is decided" : "runs already");
                ignore(
                        phase,
                        PREEMPT,
                        OVER.contains(phase) || NOTHING_HELD.contains(phase) ? "holds nothing" : "drains");
                ignore(phase, RESIZE, "the end is decided");
                ignore(phase, CANCEL, "the end is decided");
                ignore(phase, DELETE, "removes already");
                ignore(phase, REMOVED, "nothing was ordered removed");
            }
        }

        private void move(Phase from, Type event, String guard, Phase to, String then) {
            rows.add(new Row(from, event, guard, Kind.MOVE, to, then));
        }

        private void stay(Phase phase, Type event, String guard, String then) {
            rows.add(new Row(phase, event, guard, Kind.STAY, phase, then));
        }

        /** Where no row says otherwise, the event is ignored for this reason. */
        private void ignore(Phase phase, Type event, String why) {
            if (rows.stream().noneMatch(row -> row.from() == phase && row.event() == event)) {
                rows.add(new Row(phase, event, why, Kind.IGNORE, phase, ""));
            }
        }
    }
}
