package io.mlengine.core.convert;

import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.job.RunPolicy.Cleanup;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Kubeflow's run policy, the same in all kinds of the training operator. */
final class RunPolicyTable {
    private static final Map<String, Cleanup> CLEANUPS =
            Map.of("All", Cleanup.ALL, "Running", Cleanup.RUNNING, "None", Cleanup.NONE);

    private static final FieldTable<JobDraft> SCHEDULING = FieldTable.<JobDraft>named("schedulingPolicy")
            .whole("minAvailable", "`scheduling.gangMinimum`", 1, (job, least) -> job.scheduling.gangMinimum(least))
            .text("queue", "`queue`", (job, queue) -> job.train.queue(queue))
            .dropped("priorityClass", "importance is a number here", "set `priority`")
            .dropped("minResources", "the scheduler adds up what the replicas ask for", "")
            .dropped(
                    "scheduleTimeoutSeconds",
                    "a job waits in its queue until it fits",
                    "`mlengine get` tells why it waits")
            .build();

    static final FieldTable<JobDraft> TABLE = FieldTable.<JobDraft>named("runPolicy")
            .value("cleanPodPolicy", "`runPolicy.cleanup`", RunPolicyTable::cleanup)
            .whole(
                    "ttlSecondsAfterFinished",
                    "`runPolicy.ttlAfterFinished`",
                    0,
                    (job, seconds) -> job.policy.ttlAfterFinished(Duration.ofSeconds(seconds)))
            .whole(
                    "activeDeadlineSeconds",
                    "`runPolicy.activeDeadline`",
                    1,
                    (job, seconds) -> job.policy.activeDeadline(Duration.ofSeconds(seconds)))
            .value("backoffLimit", "`runPolicy.retries.user`", JobDraft::backoffLimit)
            .value("suspend", "`runPolicy.suspend`", RunPolicyTable::suspend)
            .object("schedulingPolicy", SCHEDULING, job -> job)
            .dropped("managedBy", "the engine that takes the job manages it", "")
            .build();

    static final List<FieldTable<?>> ALL = List.of(TABLE, SCHEDULING);

    private RunPolicyTable() {}

    static void suspend(JobDraft job, ForeignValue value) {
        if (value.flag().orElse(false)) {
            job.policy.suspend(true);
            value.check(
                    "held back until `mlengine resume`", "remove it where a queueing system was to let the job go on");
        }
    }

    static void cleanup(JobDraft job, ForeignValue value) {
        value.text().ifPresent(word -> {
            Cleanup cleanup = CLEANUPS.get(word);
            if (cleanup == null) {
                value.reject(ViolationCode.UNKNOWN_WORD, word, "one of All, Running, None");
                return;
            }
            job.policy.cleanup(cleanup);
            if (cleanup == Cleanup.NONE) {
                value.changed("what still runs when the job has ended is stopped all the same", "");
            }
        });
    }
}
