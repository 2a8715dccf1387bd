package io.mlengine.core.convert;

import java.util.List;

/** The workers of an MPI job run what the launcher for MPI starts in them, not an ssh server. */
final class MpiWorkers {
    private MpiWorkers() {}

    static void leaveToTheLauncher(JobDraft job) {
        job.role("worker").ifPresent(worker -> {
            worker.container
                    .programSources()
                    .forEach(source -> source.dropped(
                            "mpirun reaches the workers through the engine, so they need no ssh server", ""));
            worker.container.command = List.of();
            worker.container.args = List.of();
            worker.hasOwnProgram = false;
            worker.restartPolicy()
                    .filter(policy -> !policy.peekText().equals("Never"))
                    .ifPresent(policy -> policy.changed("a worker that is lost ends the attempt of the launcher", ""));
        });
    }
}
