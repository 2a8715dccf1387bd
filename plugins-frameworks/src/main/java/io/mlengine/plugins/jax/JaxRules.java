package io.mlengine.plugins.jax;

import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;

/** What JAX cannot run; names, types and ranges of single options are checked by the engine from the schema. */
final class JaxRules {
    private JaxRules() {}

    static List<Violation> check(JobShape job) {
        List<Violation> violations = new ArrayList<>();
        List<Role> training = job.roles().stream().filter(Role::tracked).toList();
        if (training.isEmpty()) {
            violations.add(new Violation(
                    "spec.roles", "JAX-ROLES", "no role takes part in the training", "", "add a role named worker"));
        }
        training.stream()
                .skip(1)
                .forEach(role -> violations.add(new Violation(
                        path(job, role, "name"),
                        "JAX-ROLES",
                        "all processes of a JAX job are equal, so there is one role",
                        role.name(),
                        "add its replicas to " + training.get(0).name()
                                + ", or set tracked: false on what only accompanies the training")));
        training.stream()
                .filter(role -> role.least() < role.most())
                .forEach(role -> violations.add(new Violation(
                        path(job, role, role.minReplicas().isPresent() ? "minReplicas" : "maxReplicas"),
                        "JAX-ELASTIC",
                        "the number of processes is fixed when the first one starts",
                        role.least() + " to " + role.most(),
                        "remove minReplicas and maxReplicas")));
        return List.copyOf(violations);
    }

    private static String path(JobShape job, Role role, String field) {
        return "spec.roles[" + job.roles().indexOf(role) + "]." + field;
    }
}
