package io.mlengine.plugins.xgboost;

import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;

/** What XGBoost cannot run; names, types and ranges of single options are checked by the engine from the schema. */
final class XGBoostRules {
    private final JobShape job;
    private final List<Role> training;
    private final List<Violation> violations = new ArrayList<>();

    private XGBoostRules(JobShape job) {
        this.job = job;
        this.training = Workers.rolesOf(job);
    }

    static List<Violation> check(JobShape job) {
        XGBoostRules rules = new XGBoostRules(job);
        rules.checkRoles();
        rules.checkTracker();
        rules.training.forEach(rules::checkWorkers);
        rules.checkVersion();
        return List.copyOf(rules.violations);
    }

    private void checkRoles() {
        if (training.isEmpty()) {
            add("spec.roles", "XGBOOST-ROLES", "no role takes part in the training", "", "add a role named worker");
        }
        boolean hasKnown =
                job.role(Workers.MASTER).isPresent() || job.role(Workers.WORKER).isPresent();
        for (Role role : job.roles()) {
            boolean isExtra = hasKnown ? !training.contains(role) : training.indexOf(role) > 0;
            if (role.tracked() && isExtra) {
                add(
                        path(role, "name"),
                        "XGBOOST-ROLES",
                        "the roles master and worker train together, or one role of any name",
                        role.name(),
                        "rename it, or set tracked: false on what only accompanies the training");
            }
        }
        job.role(Workers.MASTER)
                .filter(master -> master.replicas() != 1)
                .ifPresent(master -> add(
                        path(master, "replicas"),
                        "XGBOOST-MASTER",
                        "there is exactly one master",
                        Integer.toString(master.replicas()),
                        "set replicas: 1 and put the others into the role worker"));
    }

    private void checkTracker() {
        for (Role role : job.roles()) {
            if (Tracker.isCompanion(job, role) && (role.tracked() || role.replicas() != 1)) {
                add(
                        path(role, role.tracked() ? "tracked" : "replicas"),
                        "XGBOOST-TRACKER",
                        "the role tracker is where the workers meet",
                        role.tracked() ? "true" : Integer.toString(role.replicas()),
                        "rename the role, or set tracked: false and replicas: 1");
            }
        }
    }

    private void checkWorkers(Role role) {
        if (!role.tracked()) {
            add(
                    path(role, "tracked"),
                    "XGBOOST-ROLES",
                    "a role that trains must be tracked",
                    "false",
                    "remove tracked");
        }
        if (role.least() < role.most()) {
            add(
                    path(role, role.minReplicas().isPresent() ? "minReplicas" : "maxReplicas"),
                    "XGBOOST-ELASTIC",
                    "a group of workers cannot change its size",
                    role.least() + " to " + role.most(),
                    "remove minReplicas and maxReplicas");
        }
        if (role.resources().gpuCount() > 1) {
            add(
                    path(role, "resources.gpus.count"),
                    "XGBOOST-GPUS",
                    "a worker of XGBoost uses one GPU",
                    Integer.toString(role.resources().gpuCount()),
                    "set count: 1 and ask for more replicas");
        }
    }

    private void checkVersion() {
        job.environment().python().ifPresent(python -> {
            checkVersion("requirements", python.requirements());
            checkVersion("gpuRequirements", python.gpuRequirements());
        });
    }

    private void checkVersion(String field, List<String> requirements) {
        for (int i = 0; i < requirements.size(); i++) {
            if (OldVersions.isPinnedBy(requirements.get(i))) {
                add(
                        "spec.environment.python." + field + "[" + i + "]",
                        "XGBOOST-VERSION",
                        "workers before XGBoost 2.1 speak another protocol",
                        requirements.get(i),
                        "ask for xgboost>=2.1");
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
