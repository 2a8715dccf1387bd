package io.mlengine.core.internal.engine;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.lifecycle.Effect;
import io.mlengine.core.lifecycle.JobEvent;
import io.mlengine.core.lifecycle.JobStateMachine;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** What follows once the backend has reported everything that exists. Owned by the loop. */
final class Resync {
    private final JobTable jobs;
    private final Scheduler scheduler;
    private final EffectRunner effects;
    private final InstantSource clock;
    private final BiConsumer<JobId, JobEvent> deliver;
    private final Set<ReplicaId> reported = new HashSet<>();
    private final Set<JobId> restored = new TreeSet<>();

    Resync(
            JobTable jobs,
            Scheduler scheduler,
            EffectRunner effects,
            InstantSource clock,
            BiConsumer<JobId, JobEvent> deliver) {
        this.jobs = jobs;
        this.scheduler = scheduler;
        this.effects = effects;
        this.clock = clock;
        this.deliver = deliver;
    }

    /** A job of an engine before this one. */
    void restored(JobId job) {
        restored.add(job);
    }

    /** The backend knows a replica. */
    void reported(ReplicaId replica) {
        reported.add(replica);
    }

    /**
     * The backend has reported everything that exists: what the records hold alive and was not reported is gone. For
     * jobs of an engine before this one, the orders that their records imply are given again.
     */
    void synced() {
        for (JobEntry entry : List.copyOf(jobs.all())) {
            entry.record
                    .attempt()
                    .ifPresent(attempt -> missing(entry.record, attempt)
                            .forEach(status ->
                                    deliver.accept(entry.record.id(), new JobEvent.ReplicaChanged(gone(status)))));
        }
        for (JobId job : restored) {
            JobEntry entry = jobs.entry(job);
            if (entry != null) {
                orderAgain(entry);
            }
        }
        restored.clear();
        reported.clear();
    }

    private List<ReplicaStatus> missing(JobRecord record, Attempt attempt) {
        boolean isStartAwaited = !restored.contains(record.id()) || isLaunchedAgain(record);
        return attempt.replicas().values().stream()
                .filter(replica -> replica.mayLive() && !(replica.isUnreported() && isStartAwaited))
                .map(ReplicaRecord::current)
                .filter(status -> !reported.contains(status.id()))
                .toList();
    }

    /** A job that is being stopped launches nothing more: what the engine before this one ordered last never began. */
    private static boolean isLaunchedAgain(JobRecord record) {
        return JobStateMachine.owed(record).stream().anyMatch(effect -> effect.kind() == Effect.Kind.LAUNCH);
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
            deliver.accept(entry.record.id(), new JobEvent.Accept());
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
}
