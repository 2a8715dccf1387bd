package io.mlengine.plugins.horovod;

import io.mlengine.plugins.machine.Machines;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;

/** What Horovod cannot run; names, types and ranges of single options are checked by the engine from the schema. */
final class HorovodRules {
    private final JobShape job;
    private final List<Violation> violations = new ArrayList<>();

    private HorovodRules(JobShape job) {
        this.job = job;
    }

    static List<Violation> check(JobShape job) {
        HorovodRules rules = new HorovodRules(job);
        rules.checkRoles();
        rules.checkCompanion();
        return List.copyOf(rules.violations);
    }

    private void checkRoles() {
        List<Role> training = Processes.rolesOf(job);
        if (training.isEmpty()) {
            add("spec.roles", "HOROVOD-ROLES", "no role trains", "", "add a role named worker");
        }
        for (Role role : training) {
            if (training.indexOf(role) > 0) {
                add(
                        path(role, "name"),
                        "HOROVOD-ROLES",
                        "one role trains, and all its replicas are equal",
                        role.name(),
                        "add its replicas to the role " + training.get(0).name()
                                + ", or set tracked: false on what only accompanies the training");
            }
            if (Machines.isMig(role) && role.resources().gpuCount() > 1) {
                add(
                        path(role, "resources.gpus.count"),
                        "HOROVOD-MIG",
                        "a process can use one MIG instance only",
                        Integer.toString(role.resources().gpuCount()),
                        "set count: 1 and ask for more replicas");
            }
            if (!role.commandLine().isEmpty() && program(role).equals("horovodrun")) {
                add(
                        path(role, "command"),
                        "HOROVOD-COMMAND",
                        "the engine does what horovodrun does, or starts it itself",
                        role.commandLine().get(0),
                        "name the training program itself, for example [python, train.py]");
            }
        }
    }

    private static String program(Role role) {
        String first = role.commandLine().get(0);
        return first.substring(first.lastIndexOf('/') + 1);
    }

    private void checkCompanion() {
        Companion needed = Companion.of(job);
        for (Role role : job.roles()) {
            if (Companion.isNamed(role.name()) && !(role.name().equals(needed.roleName()) && needed.fits(role))) {
                add(
                        path(role, "name"),
                        "HOROVOD-COMPANION",
                        "a role of this name runs the engine's own program",
                        role.name(),
                        "name your role otherwise; to give the role " + needed.roleName()
                                + " resources or an image, write" + " it with tracked: " + needed.isTracked()
                                + ", one replica and no command");
            }
        }
        if (!Processes.areElastic(job) && job.options().values().containsKey("resetLimit")) {
            add(
                    "spec.frameworkOptions.resetLimit",
                    "HOROVOD-ELASTIC",
                    "the processes of a job of fixed size meet once",
                    String.valueOf(job.options().values().get("resetLimit")),
                    "remove it, or give the role minReplicas or maxReplicas");
        }
    }

    private String path(Role role, String field) {
        return "spec.roles[" + job.roles().indexOf(role) + "]." + field;
    }

    private void add(String path, String code, String message, String found, String advice) {
        violations.add(new Violation(path, code, message, found, advice));
    }
}
