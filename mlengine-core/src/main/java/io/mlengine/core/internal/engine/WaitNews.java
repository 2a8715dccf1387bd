package io.mlengine.core.internal.engine;

import io.mlengine.core.job.Phase;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.core.time.EngineClock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells why jobs wait. Each start moves all that wait behind it, and each change of the free room changes what most of
 * them wait for; were all of that told at once, a start would cost whoever follows as much as there are jobs. So the
 * first in line is told of at once, and a job further back at most once in as many seconds as there are jobs before it:
 * of any number of jobs some ten a second. Owned by the loop.
 */
final class WaitNews {
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final EngineClock clock;
    private final ViewBoard board;
    private final Consumer<Runnable> answers;
    private final Set<JobEntry> withheld = new LinkedHashSet<>();
    private boolean looking;

    WaitNews(EngineClock clock, ViewBoard board, Consumer<Runnable> answers) {
        this.clock = clock;
        this.board = board;
        this.answers = answers;
    }

    /** A job waits for this from now on; its view shows it, whether or not it is told. */
    void waits(JobEntry entry, Wait wait) {
        entry.wait = wait;
        if (entry.changed) {
            // What is stored next tells it.
            return;
        }
        Instant now = clock.instant();
        if (isDue(entry, wait, now)) {
            withheld.remove(entry);
            board.waiting(entry, now);
            return;
        }
        board.waitsQuietly(entry, now);
        withheld.add(entry);
        lookLater();
    }

    private static boolean isDue(JobEntry entry, Wait wait, Instant now) {
        Wait told = entry.toldWait;
        if (told == null || told.isImpossible() != wait.isImpossible()) {
            return true;
        }
        Duration pause = Duration.ofSeconds(wait.position() - 1L);
        return !now.isBefore(entry.toldAt.plus(pause.compareTo(LONGEST) < 0 ? pause : LONGEST));
    }

    private void lookLater() {
        if (!looking) {
            looking = true;
            clock.schedule(LOOK, () -> answers.accept(this::look));
        }
    }

    private void look() {
        looking = false;
        Instant now = clock.instant();
        withheld.removeIf(entry -> isOver(entry, now));
        if (!withheld.isEmpty()) {
            lookLater();
        }
    }

    /** Whether nothing of a job is withheld any more. */
    private boolean isOver(JobEntry entry, Instant now) {
        Wait wait = entry.wait;
        if (wait == null || wait.equals(entry.toldWait) || entry.record.phase() != Phase.QUEUED) {
            return true;
        }
        if (entry.changed || !isDue(entry, wait, now)) {
            return false;
        }
        board.waiting(entry, now);
        return true;
    }
}
