package io.mlengine.plugins.cases;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.admission.Admission;
import io.mlengine.core.admission.Frameworks;
import io.mlengine.plugins.FrameworksPlugin;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** What our launchers plan for the job of a case, on the hosts that the case names. */
final class Plans {
    static final Frameworks FRAMEWORKS = Frameworks.of(new FrameworksPlugin().launchers());

    private Plans() {}

    static Admission admission() {
        return new Admission(FRAMEWORKS);
    }

    static FrameworkLauncher launcher(JobShape job) {
        return FRAMEWORKS
                .launcher(job.framework())
                .orElseThrow(() -> new AssertionError("no launcher named " + job.framework()));
    }

    static JobShape job(String framework, String name, Map<String, ?> options, List<Role> roles) {
        return JobShape.builder()
                .name(name)
                .framework(FrameworkName.of(framework))
                .options(FrameworkOptions.of(options))
                .roles(roles)
                .build();
    }

    /** Roles that all run the same command. */
    static List<Role> roles(SortedMap<String, Integer> replicas, String... command) {
        List<Role> roles = new ArrayList<>();
        replicas.forEach((name, count) ->
                roles.add(Role.named(name).replicas(count).command(command).build()));
        return roles;
    }

    /** Plans a valid job; each replica has the ports that it would have on a host of its own. */
    static LaunchPlan plan(JobShape submitted, Function<ReplicaKey, String> hosts) {
        return plan(submitted, hosts, Needs.Port::preferred);
    }

    /** Plans a valid job whose replicas have other ports. */
    static LaunchPlan plan(JobShape submitted, Function<ReplicaKey, String> hosts, ToIntFunction<Needs.Port> numbers) {
        FrameworkLauncher launcher = launcher(submitted);
        JobShape job = launcher.defaults(submitted);
        assertThat(launcher.validate(job)).isEmpty();
        Map<ReplicaKey, SortedMap<String, Integer>> ports = new HashMap<>();
        launcher.needs(job)
                .ports()
                .forEach(port -> ports.computeIfAbsent(port.replica(), any -> new TreeMap<>())
                        .put(port.name(), numbers.applyAsInt(port)));
        List<Member> members = new ArrayList<>();
        for (Role role : job.roles()) {
            for (int index = 0; index < role.replicas(); index++) {
                ReplicaKey key = new ReplicaKey(role.name(), index);
                members.add(new Member(
                        key,
                        hosts.apply(key),
                        ports.getOrDefault(key, new TreeMap<>()),
                        List.of(),
                        role.resources().gpuCount()));
            }
        }
        return launcher.plan(ClusterView.builder()
                .attempt(new AttemptId(JobId.of("j-1"), 1))
                .job(job)
                .members(members)
                .build());
    }

    /** The variables that a replica's plan sets. */
    static SortedMap<String, String> env(LaunchPlan plan, String replica) {
        SortedMap<String, String> env = new TreeMap<>();
        plan.replicas().stream()
                .filter(each -> each.key().toString().equals(replica))
                .flatMap(each -> each.env().entrySet().stream())
                .forEach(variable -> env.put(variable.getKey(), ((EnvValue.Literal) variable.getValue()).value()));
        return env;
    }

    /** Names pods as Kubeflow's training operator does. */
    static Function<ReplicaKey, String> operatorHosts(String job) {
        return key -> job + "-" + key;
    }

    /** Names pods as Kubeflow's trainer does, whose one role is called node. */
    static Function<ReplicaKey, String> trainerHosts(String job) {
        return key -> job + "-" + key.role() + "-0-" + key.index() + "." + job;
    }
}
