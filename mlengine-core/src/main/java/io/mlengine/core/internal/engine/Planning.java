package io.mlengine.core.internal.engine;

import io.mlengine.core.job.Phase;
import io.mlengine.core.lifecycle.JobEvent;
import io.mlengine.core.scheduling.Plan;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import java.util.List;
import java.util.function.BiConsumer;

/** Turns what the policy has planned into events of jobs and places of gangs of others. Owned by the loop. */
final class Planning {
    private final JobTable jobs;
    private final ExternalGangs gangs;
    private final WaitNews news;
    private final boolean choosesDevices;
    private final BiConsumer<JobId, JobEvent> deliver;

    Planning(
            JobTable jobs,
            ExternalGangs gangs,
            WaitNews news,
            boolean choosesDevices,
            BiConsumer<JobId, JobEvent> deliver) {
        this.jobs = jobs;
        this.gangs = gangs;
        this.news = news;
        this.choosesDevices = choosesDevices;
        this.deliver = deliver;
    }

    void carryOut(Plan plan) {
        plan.evictions().forEach(eviction -> {
            if (!gangs.evict(eviction.victim(), eviction.reason())) {
                deliver.accept(eviction.victim(), new JobEvent.Preempt(eviction.reason()));
            }
        });
        plan.starts().forEach(start -> {
            if (!gangs.start(start.job(), start.placement())) {
                deliver.accept(start.job(), new JobEvent.Grant(claim(start.placement())));
            }
        });
        plan.resizes().forEach(resize -> deliver.accept(resize.job(), new JobEvent.Grant(claim(resize.placement()))));
        plan.waits().forEach(this::waits);
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
            news.waits(entry, wait);
        }
    }
}
