package io.mlengine.core.convert;

import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.convert.TrainingRuntime.Launcher;
import java.util.List;
import java.util.Optional;

/** What follows for a TrainJob when runtime, patches and the job itself have been read. */
final class TrainJobFinish {
    private TrainJobFinish() {}

    /** Makes roles of the runtime's steps, before their containers are read. */
    static void roles(TrainJobDraft job) {
        StepDraft node = job.step("node");
        if (job.launcher == Launcher.MPI) {
            StepDraft launcher = job.step("launcher");
            job.roles.add(launcher.role);
        }
        job.roles.add(node.role);
        for (StepDraft step : job.steps.values()) {
            if (step.isInitializer()) {
                step.role.source.dropped(
                        "nothing runs before a job, so this step does not",
                        "fetch its data once, and name it in `inputs`");
            } else if (!job.roles.contains(step.role)) {
                step.role.role.tracked(false);
                step.role.source.changed("accompanies the training: a role with `tracked: false`", "");
                job.roles.add(step.role);
            }
        }
        int nodes = job.nodes().flatMap(value -> value.whole(1)).orElse(1);
        // The launcher is one of the nodes then; with one node the operator still makes a worker.
        node.role.replicas = job.launcher == Launcher.MPI && job.runsLauncherAsNode ? Math.max(nodes - 1, 1) : nodes;
    }

    static void finish(TrainJobDraft job) {
        StepDraft node = job.step("node");
        StepDraft trainer = job.launcher == Launcher.MPI ? job.step("launcher") : node;
        if (job.trainer != null) {
            TrainJob.lay(job.trainer, trainer.role.container, node.role.container);
        }
        if (!job.isRuntimeKnown && trainer.role.container.commandLine().isEmpty()) {
            job.source.reject(
                    ViolationCode.MISSING_DOCUMENT,
                    "",
                    "the job has no command of its own: give its runtime's document too");
        }
        job.train.framework(job.launcher.framework());
        Optional.ofNullable(trainer.backoffLimit).ifPresent(job::backoffLimit);
        RestartPolicies.likeKubernetesJob(job);
        switch (job.launcher) {
            case TORCH -> torch(job, node.role);
            case MPI -> mpi(job, trainer);
            case XGBOOST -> xgboost(job);
            case JAX, NONE -> processes(job);
        }
    }

    private static void torch(TrainJobDraft job, RoleDraft worker) {
        Optional<String> asked = Optional.ofNullable(job.processes).flatMap(ForeignValue::word);
        job.options.put("nprocPerNode", Torchrun.processes(asked.orElse("auto")));
        if (!Torchrun.isStartedBy(worker.container.commandLine())) {
            // The operator tells every program of this runtime about agents, and none about ranks.
            job.options.put("mode", "agent");
        }
        if (job.isElastic) {
            ElasticBounds.apply(worker, job.least, job.most);
        }
    }

    private static void mpi(TrainJobDraft job, StepDraft launcher) {
        int slots = Optional.ofNullable(job.processes)
                .flatMap(value -> value.whole(1))
                .orElse(1);
        job.options.put("slotsPerWorker", (long) slots);
        if (job.runsLauncherAsNode) {
            job.options.put("runLauncherAsWorker", true);
        }
        if (launcher.waitsForNodes) {
            launcher.role.role.startAfter(List.of("worker"));
        }
        MpiWorkers.leaveToTheLauncher(job);
    }

    private static void xgboost(TrainJobDraft job) {
        job.options.put("tracker", "rank0");
        processes(job);
    }

    private static void processes(TrainJobDraft job) {
        if (job.processes != null) {
            job.processes.dropped("each replica is one process", "ask for more replicas");
        }
    }
}
