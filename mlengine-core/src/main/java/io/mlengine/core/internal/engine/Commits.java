package io.mlengine.core.internal.engine;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.lifecycle.Effect;
import io.mlengine.core.lifecycle.JobEvent;
import io.mlengine.core.lifecycle.Transition;
import io.mlengine.core.store.JobStore;
import io.mlengine.core.time.EngineClock;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.model.JobId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits: what is stored is published, answered and carried out, in that order. Owned by the loop. */
final class Commits {
    private static final Logger LOG = LoggerFactory.getLogger(Commits.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** What follows from a commit; called on the loop. */
    interface After {
        /** A record is stored, and what it orders may be carried out. */
        void stored(JobEntry entry, JobRecord record, List<Effect> effects);

        /** A record is gone. */
        void dropped(JobEntry entry);

        /** Somebody waits for the record that is stored now. */
        void reply(Runnable reply);

        /** Another engine is in charge. */
        void refused(String reason);

        /** Whether nothing is written any more. */
        boolean isHalted();
    }

    private final JobStore store;
    private final Supplier<Fence> fence;
    private final EngineClock clock;
    private final JobTable jobs;
    private final LoopHealth health;
    private final Consumer<Runnable> answers;
    private final After after;
    private final Duration pace;
    private final Set<JobId> changed = new TreeSet<>();
    /** Completes, and never fails, when all commits so far are answered. */
    private CompletableFuture<Void> writes = CompletableFuture.completedFuture(null);

    Commits(
            EngineParts parts,
            Supplier<Fence> fence,
            JobTable jobs,
            LoopHealth health,
            Consumer<Runnable> answers,
            After after) {
        this.store = parts.store();
        this.fence = fence;
        this.clock = parts.clock();
        this.jobs = jobs;
        this.health = health;
        this.answers = answers;
        this.after = after;
        this.pace = parts.store().pace();
    }

    /**
     * A job's newest record differs from what is stored.
     *
     * @param isUrgent whether that must not wait for more of it
     */
    void changed(JobEntry entry, boolean isUrgent) {
        entry.changed = true;
        entry.urgent |= isUrgent;
        changed.add(entry.record.id());
    }

    /** Whether a step only says how far replicas are: an engine that starts again hears it again. */
    static boolean isMereNews(JobEvent event, JobRecord before, Transition step) {
        boolean isReport = event.type() == JobEvent.Type.PROGRESSED
                || event.type() == JobEvent.Type.REPLICA_CHANGED
                        && step.record().timers().equals(before.timers());
        return isReport && step.effects().isEmpty() && step.record().phase() == before.phase();
    }

    /** Completes, and never fails, when what is being written is answered. */
    CompletableFuture<Void> answered() {
        return writes;
    }

    /** Writes what has changed and is neither being written nor gathered. */
    void commit() {
        List<JobEntry> entries = new ArrayList<>();
        for (JobId job : List.copyOf(changed)) {
            JobEntry entry = jobs.entry(job);
            if (entry == null) {
                changed.remove(job);
            } else if (!entry.committing && !gathers(entry)) {
                changed.remove(job);
                entry.committing = true;
                entry.changed = false;
                entry.urgent = false;
                entry.newsFrom = clock.instant().plus(pace);
                entry.record = entry.observer.into(entry.record, entry.progress);
                entries.add(entry);
            }
        }
        if (entries.isEmpty()) {
            return;
        }
        List<Commit> commits = entries.stream().map(Commit::new).toList();
        write(commits);
    }

    private boolean gathers(JobEntry entry) {
        if (entry.urgent || !clock.instant().isBefore(entry.newsFrom)) {
            return false;
        }
        if (!entry.gathering) {
            entry.gathering = true;
            clock.schedule(clock.until(entry.newsFrom), () -> answers.accept(() -> entry.gathering = false));
        }
        return true;
    }

    private void write(List<Commit> commits) {
        List<JobStore.Change> batch = commits.stream().map(Commit::change).toList();
        CompletableFuture<List<JobStore.Committed>> writing =
                store.commit(batch, fence.get()).toCompletableFuture();
        writes = CompletableFuture.allOf(writes, writing.handle((results, error) -> null));
        writing.whenComplete((results, error) -> answers.accept(() -> committed(commits, results, error)));
    }

    /** What one commit of one job carries. */
    private static final class Commit {
        private final JobEntry entry;
        private final JobRecord record;
        private final boolean drop;
        private final List<Effect> effects;
        private final List<Runnable> replies;

        Commit(JobEntry entry) {
            this.entry = entry;
            this.record = entry.record;
            this.drop = entry.forgotten;
            this.effects = entry.takeEffects();
            this.replies = entry.takeReplies();
        }

        JobStore.Change change() {
            return new JobStore.Change(record.id(), entry.storedVersion, drop ? null : record);
        }
    }

    private void committed(
            List<Commit> commits, @Nullable List<JobStore.Committed> results, @Nullable Throwable error) {
        for (int i = 0; i < commits.size(); i++) {
            Commit commit = commits.get(i);
            if (error != null || results == null) {
                again(commit, String.valueOf(error));
            } else {
                switch (results.get(i)) {
                    case OK -> stored(commit);
                    case CONFLICT, FENCED ->
                        after.refused("a commit was refused: job=" + commit.record.id() + " result=" + results.get(i));
                }
            }
        }
    }

    /** The store failed: nothing of the step has happened outside, so it is tried again a second later. */
    private void again(Commit commit, String error) {
        if (after.isHalted()) {
            return;
        }
        LOG.warn("the store failed, trying again: job={} error={}", commit.record.id(), error);
        health.store(error);
        clock.schedule(
                PAUSE,
                () -> answers.accept(() -> {
                    if (!after.isHalted()) {
                        write(List.of(commit));
                    }
                }));
    }

    private void stored(Commit commit) {
        health.store("");
        JobEntry entry = commit.entry;
        entry.committing = false;
        entry.storedVersion = commit.record.version();
        if (entry.changed) {
            changed.add(commit.record.id());
        }
        if (commit.drop) {
            after.dropped(entry);
        } else {
            after.stored(entry, commit.record, commit.effects);
        }
        commit.replies.forEach(after::reply);
    }
}
