package io.mlengine.core.convert;

import io.mlengine.core.job.ExitCodes;
import io.mlengine.core.job.ExitCodes.Profile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An MPI job whose launcher is horovodrun becomes a Horovod job: the engine does what horovodrun does, and the workers run
 * the program themselves.
 */
final class HorovodRun {
    /** Flags with numbers for which the launcher for Horovod has an option. */
    private static final Map<String, String> NUMBERS = Map.of(
            "--reset-limit", "resetLimit", "--start-timeout", "timeoutSeconds", "--elastic-timeout", "timeoutSeconds");

    private final JobDraft job;
    private final RoleDraft launcher;
    private final RoleDraft worker;
    private final HorovodFlags flags;

    private HorovodRun(JobDraft job, RoleDraft launcher, RoleDraft worker, HorovodFlags flags) {
        this.job = job;
        this.launcher = launcher;
        this.worker = worker;
        this.flags = flags;
    }

    /** Makes a Horovod job of an MPI job if its launcher is horovodrun and its flags are understood. */
    static boolean apply(JobDraft job, int slots) {
        Optional<RoleDraft> launcher = job.role("launcher");
        Optional<RoleDraft> worker = job.role("worker");
        if (launcher.isEmpty()
                || worker.isEmpty()
                || !HorovodFlags.isHorovodRun(launcher.get().container.commandLine())) {
            return false;
        }
        ContainerDraft container = launcher.get().container;
        Optional<HorovodFlags> flags = HorovodFlags.of(container.commandLine());
        if (flags.isEmpty()) {
            container
                    .programSource()
                    .ifPresent(source -> source.check(
                            "horovodrun has a flag that no rule is known for",
                            "write a job with `framework: horovod` whose role worker runs the program"));
            return false;
        }
        new HorovodRun(job, launcher.get(), worker.get(), flags.get()).move(slots);
        return true;
    }

    private void move(int slots) {
        job.train.framework("horovod");
        size(slots);
        NUMBERS.forEach(
                (flag, option) -> flags.takeNumber(flag).ifPresent(number -> job.options.put(option, (long) number)));
        flags.takeText("--network-interface").ifPresent(name -> job.options.put("networkInterface", name));
        worker.container.command = flags.program();
        worker.container.args = List.of();
        launcher.container.env.forEach(worker.container.env::putIfAbsent);
        launcher.source.changed(
                "horovodrun is the engine's work: the role worker runs the program, each replica one process", "");
        if (!flags.left().isEmpty()) {
            String left = String.join(", ", flags.left());
            launcher.container
                    .programSource()
                    .ifPresent(source -> source.dropped("the engine knows where and how processes start: " + left, ""));
        }
        job.roles.remove(launcher);
    }

    private void size(int slots) {
        worker.replicas = flags.takeNumber(HorovodFlags.PROCESSES).orElse(worker.replicas * slots);
        OptionalInt least = flags.takeNumber(HorovodFlags.LEAST);
        OptionalInt most = flags.takeNumber(HorovodFlags.MOST);
        least.ifPresent(number -> worker.role.minReplicas(Math.min(number, worker.replicas)));
        most.ifPresent(number -> worker.role.maxReplicas(Math.max(number, worker.replicas)));
        if (least.isPresent() || most.isPresent()) {
            job.policy.exitCodes(new ExitCodes(Profile.ANY, List.of()));
            launcher.source.changed("a lost process is replaced, as horovodrun does it: `exitCodes: any`", "");
        }
        if (slots > 1) {
            worker.source.check(
                    "each process is a replica, and holds what a worker with " + slots + " slots held",
                    "divide `resources` of the role worker by " + slots);
        }
    }
}
