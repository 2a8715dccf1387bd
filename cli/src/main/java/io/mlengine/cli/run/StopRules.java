package io.mlengine.cli.run;

import io.mlengine.cli.output.Figures;
import java.time.Duration;
import java.time.Instant;

/**
 * What signals and keys mean to the owner of running jobs. With a terminal the first Ctrl-C asks, and no answer means to
 * go on; a second one within two seconds stops at once. Without a terminal the first signal stops. Only decides; not
 * thread-safe.
 */
final class StopRules {
    /** How long the question waits for an answer. */
    static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    /** How soon a second Ctrl-C must come to need no answer. */
    static final Duration AGAIN_WITHIN = Duration.ofSeconds(2);

    private final boolean asks;
    private State state = State.RUNNING;
    private Instant since = Instant.MIN;

    StopRules(boolean asks) {
        this.asks = asks;
    }

    enum State {
        /** Jobs run. */
        RUNNING,
        /** The question is on the screen. */
        ASKING,
        /** Jobs are being stopped. */
        STOPPING
    }

    /** What the caller has to do. */
    enum Action {
        NONE,
        ASK,
        GO_ON,
        STOP
    }

    State state() {
        return state;
    }

    Instant since() {
        return since;
    }

    Action interrupted(Instant now) {
        return switch (state) {
            case RUNNING -> asks ? enter(State.ASKING, now, Action.ASK) : terminated(now);
            case ASKING ->
                Duration.between(since, now).compareTo(AGAIN_WITHIN) <= 0
                        ? terminated(now)
                        : enter(State.ASKING, now, Action.ASK);
            case STOPPING -> Action.NONE;
        };
    }

    /** Whoever ends the command by another signal cannot be asked. */
    Action terminated(Instant now) {
        return state == State.STOPPING ? Action.NONE : enter(State.STOPPING, now, Action.STOP);
    }

    Action key(char key, Instant now) {
        if (state != State.ASKING) {
            return Action.NONE;
        }
        return switch (Character.toLowerCase(key)) {
            case 'y', 's' -> terminated(now);
            case 'c', 'n', '\r', '\n', '\u001b' -> enter(State.RUNNING, now, Action.GO_ON);
            default -> Action.NONE;
        };
    }

    Action tick(Instant now) {
        return state == State.ASKING && Duration.between(since, now).compareTo(ANSWER_WITHIN) >= 0
                ? enter(State.RUNNING, now, Action.GO_ON)
                : Action.NONE;
    }

    private Action enter(State next, Instant now, Action action) {
        state = next;
        since = now;
        return action;
    }

    /** What Ctrl-C means now, for the last line of the screen. */
    String footer(Instant now, Duration grace, boolean severalJobs) {
        String what = severalJobs ? "the jobs" : "the job";
        return switch (state) {
            case RUNNING -> asks ? "^C stop " + what + " (asks)" : "^C stop " + what;
            case ASKING ->
                "stop " + what + "? [y]es, [c]ontinue   (goes on in " + left(now, ANSWER_WITHIN)
                        + "; ^C again stops at once)";
            case STOPPING -> "stopping: TERM was sent, KILL follows in " + left(now, grace);
        };
    }

    private String left(Instant now, Duration whole) {
        Duration left = whole.minus(Duration.between(since, now));
        return Figures.time(Duration.ofSeconds(Math.max(0, (left.toMillis() + 999) / 1000)));
    }
}
