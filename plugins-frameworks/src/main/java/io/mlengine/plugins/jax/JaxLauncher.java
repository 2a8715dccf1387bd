package io.mlengine.plugins.jax;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.List;

/**
 * JAX. The replicas of the only tracked role are the processes; they meet at the coordinator that process 0 runs. Of all
 * variables JAX itself reads the coordinator's address only: the program hands number and id to {@code
 * jax.distributed.initialize}. The same facts also stand under the names that Kubeflow's JAXJob uses.
 */
public final class JaxLauncher implements FrameworkLauncher {
    private static final String COORDINATOR = "coordinator";
    private static final String PYTHONUNBUFFERED = "PYTHONUNBUFFERED";

    @Override
    public FrameworkName name() {
        return FrameworkName.of("jax");
    }

    @Override
    public OptionSchema options() {
        return JaxOptions.SCHEMA;
    }

    @Override
    public JobShape defaults(JobShape job) {
        return JobShape.builder()
                .from(job)
                .roles(job.roles().stream().map(JaxLauncher::withDefaults).toList())
                .build();
    }

    /** A lost process cannot come back into a running cluster, and the others wait for it in the next collective. */
    private static Role withDefaults(Role role) {
        return Role.builder()
                .from(role)
                .restartScope(role.restartScope().orElse(role.tracked() ? RestartScope.GROUP : RestartScope.REPLICA))
                .deciders(role.deciders().orElse(role.tracked() ? Deciders.ALL : Deciders.NONE))
                .build();
    }

    @Override
    public List<Violation> validate(JobShape job) {
        return JaxRules.check(job);
    }

    @Override
    public List<String> reservedVariables(JobShape job) {
        return List.of(
                "JAX_COORDINATOR_ADDRESS",
                "JAX_NUM_PROCESSES",
                "JAX_PROCESS_ID",
                "COORDINATOR_ADDRESS",
                "COORDINATOR_PORT",
                "NUM_PROCESSES",
                "PROCESS_ID");
    }

    @Override
    public Needs needs(JobShape job) {
        return new Needs(job.roles().stream()
                .filter(Role::tracked)
                .map(role -> new ReplicaKey(role.name(), 0))
                .map(first -> new Needs.Port(first, COORDINATOR, JaxOptions.coordinatorPort(job)))
                .toList());
    }

    @Override
    public LaunchPlan plan(ClusterView view) {
        return LaunchPlan.of(view, member -> plan(view, member));
    }

    private static ReplicaPlan plan(ClusterView view, Member member) {
        JobShape job = view.job();
        Role role = job.role(member.key().role()).orElseThrow();
        ReplicaPlan.Builder plan = ReplicaPlan.of(role, member);
        if (!role.tracked()) {
            return plan.build();
        }
        List<Member> processes = view.members(role.name());
        Member first = processes.stream()
                .filter(process -> process.key().index() == 0)
                .findFirst()
                .orElseThrow();
        int port = first.port(COORDINATOR);
        if (!role.env().containsKey(PYTHONUNBUFFERED)
                && !job.environment().variables().containsKey(PYTHONUNBUFFERED)) {
            plan.env(PYTHONUNBUFFERED, 1);
        }
        return plan.env("JAX_COORDINATOR_ADDRESS", first.host() + ":" + port)
                .env("JAX_NUM_PROCESSES", processes.size())
                .env("JAX_PROCESS_ID", member.key().index())
                .env("COORDINATOR_ADDRESS", first.host())
                .env("COORDINATOR_PORT", port)
                .env("NUM_PROCESSES", processes.size())
                .env("PROCESS_ID", member.key().index())
                .logRules(JaxLogRules.ALL)
                .build();
    }
}
