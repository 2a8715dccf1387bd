package io.mlengine.plugins.tensorflow;

import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What TensorFlow cannot run; names, types and ranges of single options are checked by the engine from the schema. */
final class TensorFlowRules {
    private final JobShape job;
    private final boolean isDynamic;
    private final List<Violation> violations = new ArrayList<>();

    private TensorFlowRules(JobShape job) {
        this.job = job;
        this.isDynamic = TensorFlowOptions.of(job).dynamicWorkers();
    }

    static List<Violation> check(JobShape job) {
        TensorFlowRules rules = new TensorFlowRules(job);
        rules.checkRoles();
        rules.checkChief();
        rules.checkParameterServers();
        rules.checkEvaluator();
        rules.checkElastic();
        return List.copyOf(rules.violations);
    }

    private void checkRoles() {
        if (Stream.of(TaskType.values()).noneMatch(type -> type.trains() && type.isIn(job))) {
            add("spec.roles", "ROLES", "no role trains", "", "add a role named worker or chief");
        }
        for (Role role : job.roles()) {
            Optional<TaskType> type = TaskType.of(role);
            if (type.isEmpty() && role.tracked()) {
                add(
                        path(role, "name"),
                        "ROLES",
                        "TensorFlow knows the roles chief, worker, ps and evaluator",
                        role.name(),
                        "rename it, or set tracked: false on what only accompanies the training");
            }
            if (type.isPresent() && type.get().trains() && !role.tracked()) {
                add(path(role, "tracked"), "ROLES", "a role that trains must be tracked", "false", "remove tracked");
            }
        }
    }

    private void checkChief() {
        if (TaskType.CHIEF.isIn(job) && TaskType.MASTER.isIn(job)) {
            add(
                    path(TaskType.MASTER.in(job).orElseThrow(), "name"),
                    "CHIEF",
                    "master is the old name of the chief, and the job has both",
                    "master",
                    "keep the role chief only");
        }
        for (TaskType type : List.of(TaskType.CHIEF, TaskType.MASTER)) {
            type.in(job)
                    .filter(role -> role.replicas() != 1)
                    .ifPresent(role -> add(
                            path(role, "replicas"),
                            "CHIEF",
                            "there is exactly one " + type.label(),
                            Integer.toString(role.replicas()),
                            "set replicas: 1 and put the others into the role worker"));
        }
    }

    private void checkParameterServers() {
        TaskType.PS.in(job).ifPresent(role -> {
            if (!TaskType.WORKER.isIn(job)) {
                add(path(role, "name"), "PS", "parameter servers have no workers to serve", "ps", "add a role worker");
            }
            if (role.deciders().orElse(Deciders.NONE) != Deciders.NONE) {
                add(
                        path(role, "deciders"),
                        "PS",
                        "a parameter server never ends, so the job would not either",
                        role.deciders().orElseThrow().name().toLowerCase(Locale.ROOT),
                        "remove deciders: the chief or the workers decide");
            }
        });
        if (isDynamic && !TaskType.PS.isIn(job)) {
            add(
                    option(TensorFlowOptions.DYNAMIC_WORKERS),
                    "DYNAMIC",
                    "workers that do not know each other can only train through parameter servers",
                    "true",
                    "add a role ps, or remove dynamicWorkers");
        }
    }

    private void checkEvaluator() {
        TaskType.EVALUATOR
                .in(job)
                .filter(role -> role.replicas() != 1)
                .ifPresent(role -> add(
                        path(role, "replicas"),
                        "EVALUATOR",
                        "there is at most one evaluator",
                        Integer.toString(role.replicas()),
                        "set replicas: 1"));
    }

    private void checkElastic() {
        for (Role role : TaskType.rolesOf(job)) {
            boolean mayChange = role.isElastic() && role.least() < role.most();
            boolean isDynamicWorker = isDynamic && role.name().equals(TaskType.WORKER.label());
            if (mayChange && !isDynamicWorker) {
                add(
                        path(role, role.minReplicas().isPresent() ? "minReplicas" : "maxReplicas"),
                        "ELASTIC",
                        whyFixed(role),
                        role.least() + " to " + role.most(),
                        adviceForFixed(role));
            }
        }
    }

    private String whyFixed(Role role) {
        if (!role.name().equals(TaskType.WORKER.label())) {
            return "only the number of workers can change while a job runs";
        }
        return TaskType.PS.isIn(job)
                ? "workers that know each other cannot change their number"
                : "MultiWorkerMirrored training cannot change its number of workers";
    }

    private String adviceForFixed(Role role) {
        boolean couldBe = role.name().equals(TaskType.WORKER.label()) && TaskType.PS.isIn(job);
        return couldBe
                ? "set frameworkOptions.dynamicWorkers: true, or remove minReplicas and maxReplicas"
                : "remove minReplicas and maxReplicas";
    }

    private String path(Role role, String field) {
        return "spec.roles[" + job.roles().indexOf(role) + "]." + field;
    }

    private static String option(String name) {
        return "spec.frameworkOptions." + name;
    }

    private void add(String path, String code, String message, String found, String advice) {
        violations.add(new Violation(path, "TENSORFLOW-" + code, message, found, advice));
    }
}
