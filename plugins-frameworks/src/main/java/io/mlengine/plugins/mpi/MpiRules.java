package io.mlengine.plugins.mpi;

import io.mlengine.plugins.shell.RemoteShell;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;

/** What an MPI job cannot be; names, types and ranges of single options are checked by the engine from the schema. */
final class MpiRules {
    private final JobShape job;
    private final List<Violation> violations = new ArrayList<>();

    private MpiRules(JobShape job) {
        this.job = job;
    }

    static List<Violation> check(JobShape job) {
        MpiRules rules = new MpiRules(job);
        rules.checkOptions();
        rules.checkLauncher();
        rules.checkWorker();
        rules.checkOthers();
        return List.copyOf(rules.violations);
    }

    private void checkOptions() {
        if (MpiOptions.of(job).implementation().isEmpty()) {
            add(
                    "spec.frameworkOptions.implementation",
                    "MPI-IMPLEMENTATION",
                    "unknown implementation",
                    job.options().text("implementation").orElse(""),
                    "use openmpi, intel or mpich");
        }
        if (job.options().integer("slotsPerWorker").orElse(1) < 1) {
            add(
                    "spec.frameworkOptions.slotsPerWorker",
                    "MPI-SLOTS",
                    "a worker without slots runs nothing",
                    Long.toString(job.options().integer("slotsPerWorker").orElse(0)),
                    "use a number from 1, or leave it out");
        }
    }

    private void checkLauncher() {
        Role launcher = job.role(Hosts.LAUNCHER).orElse(null);
        if (launcher == null) {
            add("spec.roles", "MPI-ROLES", "no role starts the ranks", "", "add a role launcher that runs mpirun");
            return;
        }
        if (launcher.least() != 1 || launcher.most() != 1) {
            add(
                    path(launcher, "replicas"),
                    "MPI-LAUNCHER",
                    "there is exactly one launcher",
                    Integer.toString(launcher.most()),
                    "set replicas: 1; the ranks run in the role worker");
        }
        if (!launcher.tracked() || launcher.deciders().equals(java.util.Optional.of(Deciders.NONE))) {
            add(
                    path(launcher, launcher.tracked() ? "deciders" : "tracked"),
                    "MPI-LAUNCHER",
                    "mpirun decides how the job ends",
                    launcher.tracked() ? "none" : "false",
                    "remove it");
        }
    }

    private void checkWorker() {
        Role worker = job.role(Hosts.WORKER).orElse(null);
        if (worker == null) {
            if (!MpiOptions.of(job).runsLauncherAsWorker()) {
                add(
                        "spec.roles",
                        "MPI-ROLES",
                        "there is nowhere to run ranks",
                        "",
                        "add a role worker, or set frameworkOptions.runLauncherAsWorker: true");
            }
            return;
        }
        if (!worker.commandLine().isEmpty() && !worker.commandLine().equals(RemoteShell.AGENT_COMMAND)) {
            add(
                    path(worker, worker.command().isEmpty() ? "args" : "command"),
                    "MPI-WORKER",
                    "a worker runs the engine's agent, in which mpirun starts the ranks",
                    String.join(" ", worker.commandLine()),
                    "remove it; no sshd is needed");
        }
    }

    private void checkOthers() {
        for (Role role : job.roles()) {
            boolean isKnown = role.name().equals(Hosts.LAUNCHER) || role.name().equals(Hosts.WORKER);
            if (!isKnown && role.tracked()) {
                add(
                        path(role, "name"),
                        "MPI-ROLES",
                        "an MPI job consists of a launcher and workers",
                        role.name(),
                        "rename it, or set tracked: false on what only accompanies the job");
            }
        }
    }

    private String path(Role role, String field) {
        return "spec.roles[" + job.roles().indexOf(role) + "]." + field;
    }

    private void add(String path, String code, String message, String found, String advice) {
        violations.add(new Violation(path, code, message, found, advice));
    }
}
