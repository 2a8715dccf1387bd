package io.mlengine.core.internal.engine;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.lifecycle.Effect;
import io.mlengine.core.lifecycle.JobEvent;
import io.mlengine.core.lifecycle.JobStateMachine;
import io.mlengine.core.lifecycle.Transition;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.core.store.JobStore;
import io.mlengine.core.time.EngineClock;
import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.ExternalGang;
import io.mlengine.spi.backend.ExternalPlaces;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer of the engine's state. Everything reaches it as a message; {@link #run} handles what has arrived,
 * lets the policy decide when something changed, and commits. It runs on whatever executor it is given, one run at a
 * time: a thread of its own in production, the stepper in simulations.
 */
final class EngineLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineLoop.class);
    private static final int CALLS_PER_RUN = 256;

    private final EngineClock clock;
    private final Executor executor;
    private final JobStore store;
    private Fence fence;
    private final ViewBoard board;
    private final UsageDelivery usage;
    private final Scheduler scheduler;
    private final EffectRunner effects;
    private final ExternalGangs gangs;
    private final Mailbox mailbox;
    private final LoopHealth health;
    private final boolean choosesDevices;
    private final Runnable onHalt;

    private final JobTable jobs = new JobTable();
    private final TimerQueue timers = new TimerQueue();
    private final Set<JobId> changed = new TreeSet<>();
    private final Set<ReplicaId> reportedBeforeSync = new HashSet<>();
    private final Set<JobId> restoredJobs = new TreeSet<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private EngineClock.@Nullable Cancellation alarm;
    private @Nullable Instant alarmAt;
    private boolean halted;
    /** Completes, and never fails, when all commits so far are answered. */
    private CompletableFuture<Void> writes = CompletableFuture.completedFuture(null);

    EngineLoop(
            EngineParts parts,
            ViewBoard board,
            UsageDelivery usage,
            Fence fence,
            Mailbox mailbox,
            LoopHealth health,
            Runnable onHalt) {
        this.clock = parts.clock();
        this.executor = parts.loopExecutor();
        this.store = parts.store();
        this.fence = fence;
        this.board = board;
        this.usage = usage;
        this.mailbox = mailbox;
        this.health = health;
        this.onHalt = onHalt;
        this.choosesDevices = parts.backend().traits().choosesDevices();
        this.scheduler = new Scheduler(parts.policy(), parts.queues());
        this.gangs = new ExternalGangs(
                parts.backend() instanceof ExternalPlaces places ? Optional.of(places) : Optional.empty(),
                clock,
                this::fence,
                scheduler,
                jobs::nextSequence,
                this::answer);
        this.effects = new EffectRunner(
                parts.backend(), parts.launchers(), fence, parts.effectsExecutor(), new EffectRunner.Answers() {
                    @Override
                    public void event(JobId job, JobEvent event) {
                        answer(() -> deliver(job, event));
                    }

                    @Override
                    public void released(AttemptId attempt) {
                        answer(() -> find(attempt.job()).ifPresent(entry -> scheduler.released(entry.record, attempt)));
                    }

                    @Override
                    public void removed(JobId job) {
                        // The record is all that is left to tell the job's usage from.
                        usage.settled(job).thenRun(() -> event(job, new JobEvent.Removed()));
                    }

                    @Override
                    public void notes(JobId job, List<String> notes) {
                        answer(() -> note(job, notes));
                    }
                });
    }

    /** Makes sure that the loop runs soon. */
    void poke() {
        if (scheduled.compareAndSet(false, true)) {
            executor.execute(this);
        }
    }

    /** Hands over a call of a user. Returns false when too many wait. */
    boolean call(Runnable call) {
        boolean taken = mailbox.offerCall(call);
        poke();
        return taken;
    }

    /** Hands over an answer to an order of the engine's own. */
    void answer(Runnable answer) {
        mailbox.answer(answer);
        poke();
    }

    /** Completes when the orders that follow from what has been stored so far are answered. */
    CompletableFuture<Void> ordersAnswered() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        answer(() -> effects.answered().thenRun(() -> done.complete(null)));
        return done;
    }

    /**
     * Stops writing and ordering, for an engine that takes over. Completes when what is under way is answered: a write
     * that arrived later would be one that the other engine does not expect.
     */
    CompletableFuture<Void> detach() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        answer(() -> {
            halted = true;
            CompletableFuture.allOf(writes, effects.answered()).thenRun(() -> done.complete(null));
        });
        return done;
    }

    /** Takes reports of the backend, from any thread. */
    void report(BackendEvent event) {
        switch (event.kind()) {
            case NODES_REPORTED -> mailbox.answer(() -> nodes(((BackendEvent.NodesReported) event).nodes()));
            case REPLICA_REPORTED -> mailbox.status(((BackendEvent.ReplicaReported) event).status());
            case PROGRESS_REPORTED -> {
                BackendEvent.ProgressReported report = (BackendEvent.ProgressReported) event;
                mailbox.progress(report.replica(), report.progress());
            }
            case USAGE_REPORTED -> {
                BackendEvent.UsageReported report = (BackendEvent.UsageReported) event;
                mailbox.sample(report.replica(), report.sample());
            }
            case GANG_REPORTED -> {
                ExternalGang gang = ((BackendEvent.GangReported) event).gang();
                mailbox.answer(() -> gangs.reported(gang));
            }
            case SYNCED -> mailbox.answer(this::synced);
            case STALE -> mailbox.answer(() -> stale(((BackendEvent.Stale) event).reason()));
        }
        poke();
    }

    @Override
    public void run() {
        scheduled.set(false);
        try {
            Mailbox.Batch batch = mailbox.take(CALLS_PER_RUN);
            batch.progress().forEach(this::progressed);
            batch.samples().forEach((replica, sample) -> {
                JobEntry entry = jobs.entry(replica.attempt().job());
                if (entry != null) {
                    entry.samples.put(replica.key(), sample);
                    entry.observer.sampled(replica, sample);
                }
            });
            batch.statuses().forEach(status -> guarded(() -> replica(status)));
            batch.answers().forEach(this::guarded);
            batch.calls().forEach(this::guarded);
            timers.due(clock.instant()).forEach(job -> guarded(() -> deliver(job, new JobEvent.Wake())));
            if (!halted) {
                guarded(this::schedule);
                commit();
            }
        } finally {
            armAlarm();
            if (!mailbox.isEmpty()) {
                poke();
            }
        }
    }

    /** One bad message must not stop the loop; it is a bug, and health says so. */
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("the engine could not handle a message", e);
            health.fault("a message could not be handled: " + e);
        }
    }

    // What users and the engine's own orders lead to; called on the loop.

    /** Takes over what the store held. */
    void restored(JobStore.Opened opened) {
        fence = opened.fence();
        effects.fence(fence);
        for (JobRecord record : opened.records()) {
            JobEntry entry = new JobEntry(record);
            entry.storedVersion = record.version();
            entry.published = record;
            jobs.add(entry);
            restoredJobs.add(record.id());
            timers.update(record);
            scheduler.update(record);
            board.restore(entry, clock.instant());
            usage.stored(record);
        }
    }

    Optional<JobEntry> find(JobId job) {
        return Optional.ofNullable(jobs.entry(job));
    }

    JobTable jobs() {
        return jobs;
    }

    Fence fence() {
        return fence;
    }

    Instant now() {
        return clock.instant();
    }

    /** Adds a job that was just made, and accepts it. */
    void accept(JobRecord created, Runnable stored) {
        JobEntry entry = new JobEntry(created);
        jobs.add(entry);
        entry.changed = true;
        changed.add(created.id());
        entry.reply(stored);
        deliver(created.id(), new JobEvent.Accept());
    }

    /** Runs the reply once what is known of the job is stored. */
    void whenStored(JobId job, Runnable reply) {
        JobEntry entry = jobs.entry(job);
        if (entry == null || !entry.changed && !entry.committing) {
            reply.run();
        } else {
            entry.reply(reply);
            entry.changed = true;
            changed.add(job);
        }
    }

    /** Applies an event; the reply runs once the job's newest record is stored. */
    void deliver(JobId job, JobEvent event, Runnable reply) {
        deliver(job, event);
        whenStored(job, reply);
    }

    /** Applies an event. */
    void deliver(JobId job, JobEvent event) {
        JobEntry entry = jobs.entry(job);
        if (entry == null) {
            return;
        }
        JobRecord before = entry.record;
        Transition transition = JobStateMachine.apply(before, event, clock.instant());
        if (transition.record() == before && transition.effects().isEmpty()) {
            return;
        }
        entry.record = transition.record();
        entry.after(transition.effects());
        entry.changed = true;
        changed.add(job);
        for (Effect effect : transition.effects()) {
            entry.forgotten |= effect.kind() == Effect.Kind.FORGET;
            if (effect.kind() == Effect.Kind.RELEASE) {
                scheduler.releasing(entry.record, ((Effect.Release) effect).attempt());
            }
        }
        timers.update(entry.record);
        scheduler.update(entry.record);
        if (before.phase() != entry.record.phase()) {
            if (entry.record.phase() != Phase.QUEUED) {
                entry.wait = null;
            }
            LOG.info(
                    "job={} name={} attempt={} phase={} before={}",
                    job,
                    entry.record.train().name(),
                    entry.record.attemptNumber(),
                    entry.record.phase(),
                    before.phase());
        }
    }

    private void note(JobId job, List<String> notes) {
        JobEntry entry = jobs.entry(job);
        if (entry != null) {
            notes.forEach(text -> board.note(entry, text, clock.instant()));
        }
    }

    private void nodes(List<Node> nodes) {
        scheduler.nodes(nodes);
        board.nodes(nodes);
    }

    private void replica(ReplicaStatus status) {
        reportedBeforeSync.add(status.id());
        JobId job = status.id().attempt().job();
        JobEntry entry = jobs.entry(job);
        if (entry != null) {
            entry.observer.replica(status, clock.instant());
            if (!status.state().mayLive()) {
                entry.samples.remove(status.id().key());
            }
            deliver(job, new JobEvent.ReplicaChanged(status));
        }
    }

    private void progressed(ReplicaId replica, Progress progress) {
        JobEntry entry = jobs.entry(replica.attempt().job());
        if (entry == null || entry.record.attemptNumber() != replica.attempt().number()) {
            return;
        }
        entry.progress = progress;
        board.progress(entry, clock.instant());
        guarded(() -> deliver(entry.record.id(), new JobEvent.Progressed(replica.attempt())));
    }

    /**
     * The backend has reported everything that exists: what the records hold alive and was not reported is gone. For
     * jobs of an engine before this one, the orders that their records imply are given again.
     */
    private void synced() {
        health.backend("");
        for (JobEntry entry : List.copyOf(jobs.all())) {
            entry.record
                    .attempt()
                    .ifPresent(attempt -> missing(attempt)
                            .forEach(status -> deliver(entry.record.id(), new JobEvent.ReplicaChanged(gone(status)))));
        }
        restoredJobs.forEach(job -> find(job).ifPresent(this::orderAgain));
        restoredJobs.clear();
        reportedBeforeSync.clear();
        scheduler.enable();
        usage.begin();
    }

    private List<ReplicaStatus> missing(Attempt attempt) {
        return attempt.replicas().values().stream()
                .filter(replica -> replica.mayLive() && !replica.isUnreported())
                .map(ReplicaRecord::current)
                .filter(status -> !reportedBeforeSync.contains(status.id()))
                .toList();
    }

    private ReplicaStatus gone(ReplicaStatus status) {
        return ReplicaStatus.builder()
                .from(status)
                .state(ReplicaState.GONE)
                .revision(status.revision() + 1)
                .reason("NotFound")
                .message("the backend does not know it any more")
                .endedAt(clock.instant())
                .build();
    }

    private void orderAgain(JobEntry entry) {
        if (entry.record.phase() == Phase.CREATED) {
            deliver(entry.record.id(), new JobEvent.Accept());
            return;
        }
        entry.record
                .attempt()
                .filter(attempt ->
                        goesOn(entry.record.phase()) && attempt.reservation().isPresent())
                .ifPresent(attempt -> effects.hold(entry.record, attempt));
        for (Effect effect : JobStateMachine.owed(entry.record)) {
            if (effect.kind() == Effect.Kind.RELEASE) {
                scheduler.releasing(entry.record, ((Effect.Release) effect).attempt());
                scheduler.update(entry.record);
            }
            effects.run(effect, entry.record, scheduler.nodesByName());
        }
    }

    private static boolean goesOn(Phase phase) {
        return phase == Phase.STARTING || phase == Phase.RUNNING || phase == Phase.RESIZING;
    }

    /** Another engine is in charge: from now on nothing is stored, so nothing is answered or ordered either. */
    void halt(String reason) {
        if (!halted) {
            halted = true;
            health.fenced(reason);
            onHalt.run();
            LOG.error("this engine is not in charge any more: reason={}", reason);
        }
    }

    /** The queues are these from now on. */
    void queues(List<QueueConfig> queues) {
        scheduler.queues(queues);
        gangs.queuesChanged();
        board.queues(queues);
    }

    private void stale(String reason) {
        health.backend(reason);
        scheduler.disable();
    }

    private void schedule() {
        scheduler.decide(clock.instant()).ifPresent(plan -> {
            plan.evictions().forEach(eviction -> {
                if (!gangs.evict(eviction.victim(), eviction.reason())) {
                    deliver(eviction.victim(), new JobEvent.Preempt(eviction.reason()));
                }
            });
            plan.starts().forEach(start -> {
                if (!gangs.start(start.job(), start.placement())) {
                    deliver(start.job(), new JobEvent.Grant(claim(start.placement())));
                }
            });
            plan.resizes().forEach(resize -> deliver(resize.job(), new JobEvent.Grant(claim(resize.placement()))));
            plan.waits().forEach(this::waits);
            if (plan.exhausted()) {
                poke();
            }
        });
    }

    /** Where nodes choose devices, the scheduler's choice is a guess that must not outlive the plan. */
    private Placement claim(Placement placement) {
        if (choosesDevices) {
            return placement;
        }
        return new Placement(placement.replicas().stream()
                .map(slot -> new Placement.Slot(slot.key(), slot.node(), List.of()))
                .toList());
    }

    private void waits(JobId job, Wait wait) {
        if (gangs.waits(job, wait.text())) {
            return;
        }
        JobEntry entry = jobs.entry(job);
        if (entry != null && entry.record.phase() == Phase.QUEUED && !wait.equals(entry.wait)) {
            entry.wait = wait;
            if (!entry.changed) {
                board.waiting(entry, clock.instant());
            }
        }
    }

    // Commits: what is stored is published, answered and carried out, in that order.

    private void commit() {
        List<JobEntry> entries = new ArrayList<>();
        for (JobId job : List.copyOf(changed)) {
            JobEntry entry = jobs.entry(job);
            if (entry == null) {
                changed.remove(job);
            } else if (!entry.committing) {
                changed.remove(job);
                entry.committing = true;
                entry.changed = false;
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

    private void write(List<Commit> commits) {
        List<JobStore.Change> batch = commits.stream().map(Commit::change).toList();
        CompletableFuture<List<JobStore.Committed>> writing =
                store.commit(batch, fence).toCompletableFuture();
        writes = CompletableFuture.allOf(writes, writing.handle((results, error) -> null));
        writing.whenComplete((results, error) -> answer(() -> committed(commits, results, error)));
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
                        halt("a commit was refused: job=" + commit.record.id() + " result=" + results.get(i));
                }
            }
        }
    }

    /** The store failed: nothing of the step has happened outside, so it is tried again a second later. */
    private void again(Commit commit, String error) {
        if (halted) {
            return;
        }
        LOG.warn("the store failed, trying again: job={} error={}", commit.record.id(), error);
        health.store(error);
        clock.schedule(
                Duration.ofSeconds(1),
                () -> answer(() -> {
                    if (!halted) {
                        write(List.of(commit));
                    }
                }));
    }

    private void stored(Commit commit) {
        health.store("");
        JobEntry entry = commit.entry;
        JobId job = commit.record.id();
        entry.committing = false;
        entry.storedVersion = commit.record.version();
        if (entry.changed) {
            changed.add(job);
        }
        Instant now = clock.instant();
        if (commit.drop) {
            jobs.remove(job);
            timers.remove(job);
            scheduler.remove(job);
            effects.forget(job);
            usage.forget(job);
            board.deleted(entry, now);
        } else {
            usage.stored(commit.record);
            board.stored(entry, commit.record, now);
            if (!halted) {
                commit.effects.forEach(effect -> effects.run(effect, commit.record, scheduler.nodesByName()));
            }
        }
        commit.replies.forEach(this::guarded);
    }

    private void armAlarm() {
        Instant next = timers.next().orElse(null);
        if (java.util.Objects.equals(next, alarmAt)) {
            return;
        }
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
        alarmAt = next;
        if (next != null) {
            alarm = clock.schedule(clock.until(next), () -> answer(() -> alarmAt = null));
        }
    }
}
