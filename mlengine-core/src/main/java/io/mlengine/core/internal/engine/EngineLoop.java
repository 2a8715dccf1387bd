package io.mlengine.core.internal.engine;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.lifecycle.Effect;
import io.mlengine.core.lifecycle.JobEvent;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.store.JobStore;
import io.mlengine.core.time.EngineClock;
import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.ExternalGang;
import io.mlengine.spi.backend.ExternalPlaces;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private Fence fence;
    private final ViewBoard board;
    private final UsageDelivery usage;
    private final Scheduler scheduler;
    private final EffectRunner effects;
    private final ExternalGangs gangs;
    private final Mailbox mailbox;
    private final LoopHealth health;
    private final Runnable onHalt;
    private final Commits commits;
    private final JobSteps steps;
    private final Resync resync;
    private final Planning planning;
    private final Alarm alarm;

    private final JobTable jobs = new JobTable();
    private final TimerQueue timers = new TimerQueue();
    private final HeldBack untilSynced = new HeldBack();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private boolean halted;

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
        this.fence = fence;
        this.board = board;
        this.usage = usage;
        this.mailbox = mailbox;
        this.health = health;
        this.onHalt = onHalt;
        this.alarm = new Alarm(clock, this::answer);
        this.scheduler = new Scheduler(parts.policy(), parts.queues());
        this.gangs = new ExternalGangs(
                parts.backend() instanceof ExternalPlaces places ? Optional.of(places) : Optional.empty(),
                clock,
                this::fence,
                scheduler,
                jobs::sequenceAt,
                this::answer);
        this.effects = new EffectRunner(
                parts.backend(), parts.launchers(), fence, parts.effectsExecutor(), new EffectRunner.Answers() {
                    @Override
                    public void event(JobId job, JobEvent event) {
                        answer(() -> steps.deliver(job, event));
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
                        answer(() -> steps.note(job, notes));
                    }
                });
        this.commits = new Commits(parts, this::fence, jobs, health, this::answer, new AfterCommit());
        this.steps = new JobSteps(jobs, timers, scheduler, commits, board, clock);
        this.resync = new Resync(jobs, scheduler, effects, clock, steps::deliver);
        this.planning = new Planning(
                jobs,
                gangs,
                new WaitNews(clock, board, this::answer),
                parts.backend().traits().choosesDevices(),
                steps::deliver);
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
            CompletableFuture.allOf(commits.answered(), effects.answered()).thenRun(() -> done.complete(null));
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
            batch.progress().forEach((replica, progress) -> guarded(() -> steps.progressed(replica, progress)));
            batch.samples().forEach(steps::sampled);
            batch.statuses().forEach(status -> guarded(() -> replica(status)));
            batch.answers().forEach(this::guarded);
            batch.calls().forEach(this::guarded);
            timers.due(clock.instant()).forEach(job -> guarded(() -> steps.deliver(job, new JobEvent.Wake())));
            if (!halted) {
                guarded(this::schedule);
                commits.commit();
            }
        } finally {
            alarm.arm(timers.next());
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
            steps.restored(record);
            resync.restored(record.id());
            usage.stored(record);
        }
    }

    Optional<JobEntry> find(JobId job) {
        return Optional.ofNullable(jobs.entry(job));
    }

    JobTable jobs() {
        return jobs;
    }

    JobSteps steps() {
        return steps;
    }

    Fence fence() {
        return fence;
    }

    Instant now() {
        return clock.instant();
    }

    private void nodes(List<Node> nodes) {
        scheduler.nodes(nodes);
        board.nodes(nodes);
    }

    private void replica(ReplicaStatus status) {
        resync.reported(status.id());
        steps.replica(status);
    }

    private void synced() {
        health.backend("");
        resync.synced();
        scheduler.enable();
        usage.begin();
        untilSynced.open();
    }

    /** Does something on the loop now, or when the backend has first reported everything that exists. */
    void whenSynced(Runnable work) {
        untilSynced.tell(() -> guarded(work));
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
            planning.carryOut(plan);
            if (plan.exhausted()) {
                poke();
            }
        });
    }

    /** What is stored is published and carried out, in that order. */
    private final class AfterCommit implements Commits.After {
        @Override
        public void stored(JobEntry entry, JobRecord record, List<Effect> ordered) {
            usage.stored(record);
            board.stored(entry, record, clock.instant());
            if (!halted) {
                ordered.forEach(effect -> effects.run(effect, record, scheduler.nodesByName()));
            }
        }

        @Override
        public void dropped(JobEntry entry) {
            JobId job = entry.record.id();
            jobs.remove(job);
            timers.remove(job);
            scheduler.remove(job);
            effects.forget(job);
            usage.forget(job);
            board.deleted(entry, clock.instant());
        }

        @Override
        public void reply(Runnable reply) {
            guarded(reply);
        }

        @Override
        public void refused(String reason) {
            halt(reason);
        }

        @Override
        public boolean isHalted() {
            return halted;
        }
    }
}
