package io.mlengine.core.internal.engine;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.core.lifecycle.Effect;
import io.mlengine.core.lifecycle.JobEvent;
import io.mlengine.core.lifecycle.JobStateMachine;
import io.mlengine.core.lifecycle.Transition;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of jobs: what happens to one goes through the state machine and waits to be stored. Owned by the loop. */
final class JobSteps {
    private static final Logger LOG = LoggerFactory.getLogger(JobSteps.class);

    private final JobTable jobs;
    private final TimerQueue timers;
    private final Scheduler scheduler;
    private final Commits commits;
    private final ViewBoard board;
    private final InstantSource clock;

    JobSteps(
            JobTable jobs,
            TimerQueue timers,
            Scheduler scheduler,
            Commits commits,
            ViewBoard board,
            InstantSource clock) {
        this.jobs = jobs;
        this.timers = timers;
        this.scheduler = scheduler;
        this.commits = commits;
        this.board = board;
        this.clock = clock;
    }

    /** Takes over a job that the store held. */
    void restored(JobRecord record) {
        JobEntry entry = new JobEntry(record);
        entry.storedVersion = record.version();
        entry.published = record;
        jobs.add(entry);
        timers.update(record);
        scheduler.update(record);
        board.restore(entry, clock.instant());
    }

    /** Adds a job that was just made, and accepts it. */
    void accept(JobRecord created, Runnable stored) {
        JobEntry entry = new JobEntry(created);
        jobs.add(entry);
        commits.changed(entry, true);
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
            commits.changed(entry, true);
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
        commits.changed(entry, !Commits.isMereNews(event, before, transition));
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

    void note(JobId job, List<String> notes) {
        JobEntry entry = jobs.entry(job);
        if (entry != null) {
            notes.forEach(text -> board.note(entry, text, clock.instant()));
        }
    }

    void replica(ReplicaStatus status) {
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

    void progressed(ReplicaId replica, Progress progress) {
        JobEntry entry = jobs.entry(replica.attempt().job());
        if (entry == null || entry.record.attemptNumber() != replica.attempt().number()) {
            return;
        }
        entry.progress = progress;
        board.progress(entry, clock.instant());
        deliver(entry.record.id(), new JobEvent.Progressed(replica.attempt()));
    }

    void sampled(ReplicaId replica, UsageSample sample) {
        JobEntry entry = jobs.entry(replica.attempt().job());
        if (entry != null) {
            entry.samples.put(replica.key(), sample);
            entry.observer.sampled(replica, sample);
        }
    }
}
