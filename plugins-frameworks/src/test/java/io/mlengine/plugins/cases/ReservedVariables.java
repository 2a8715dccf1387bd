package io.mlengine.plugins.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Variables that a job may not set itself, by the name of the trainer's plugin; one violation for each. */
final class ReservedVariables {
    private ReservedVariables() {}

    static void check(JobCase data) {
        data.input()
                .get("trainer.env_reserved")
                .properties()
                .forEach(plugin -> check(plugin.getKey(), plugin.getValue()));
    }

    private static void check(String plugin, JsonNode names) {
        String framework = plugin.equals("torch") ? "pytorch" : plugin;
        List<Role> roles = rolesOf(framework);
        Set<String> reserved = new TreeSet<>();
        for (JsonNode name : names) {
            if (name.asText().startsWith("...")) {
                reserved.addAll(planned(framework, roles, name.asText()));
            } else {
                reserved.add(name.asText());
            }
        }
        Role.Builder role = Role.builder().from(roles.get(0));
        reserved.forEach(name -> role.env(name, "mine"));
        MLTrain train = MLTrain.named("job")
                .framework(framework)
                .addRole(role.build())
                .addAllRoles(roles.subList(1, roles.size()))
                .build();
        assertThat(Plans.admission().check(train))
                .extracting(violation -> violation.found() + " " + violation.code())
                .containsExactlyInAnyOrderElementsOf(
                        reserved.stream().map(name -> name + " ML-451").toList());
    }

    /** A job of the framework; the first role is the one that sets a variable which it must not. */
    private static List<Role> rolesOf(String framework) {
        return switch (framework) {
            case "pytorch" ->
                List.of(Role.named("worker").command("torchrun", "train.py").build());
            case "mpi" ->
                List.of(
                        Role.named("launcher")
                                .command("mpirun", "python", "train.py")
                                .build(),
                        Role.named("worker").build());
            default ->
                List.of(Role.named("worker").command("python", "train.py").build());
        };
    }

    /** A sentence such as "...other OMPI_MCA the plugin sets" stands for all such variables that our plan sets. */
    private static Set<String> planned(String framework, List<Role> roles, String sentence) {
        String prefix = Stream.of(sentence.split("[^A-Z_]+"))
                .filter(word -> word.length() > 1)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no variable in: " + sentence));
        return Plans.plan(Plans.job(framework, "job", Map.of(), roles), ReplicaKey::toString).replicas().stream()
                .flatMap(replica -> replica.env().keySet().stream())
                .filter(name -> name.startsWith(prefix))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
