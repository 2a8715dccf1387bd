package io.mlengine.plugins.horovod;

import io.mlengine.plugins.shell.RemoteShell;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Horovod over Gloo, without mpirun and ssh. In a job of fixed size the engine does what {@code horovodrun} does otherwise:
 * it gives each process its slot and starts it, and it runs the server at which the processes meet; a process that is lost
 * ends the attempt, as the others cannot go on without it. In an elastic job {@code horovodrun} runs in a role of its own
 * and starts the processes inside the workers' replicas.
 */
public final class HorovodLauncher implements FrameworkLauncher {
    @Override
    public FrameworkName name() {
        return FrameworkName.of("horovod");
    }

    @Override
    public OptionSchema options() {
        return HorovodOptions.SCHEMA;
    }

    @Override
    public JobShape defaults(JobShape job) {
        Companion companion = Companion.of(job);
        List<Role> roles = new ArrayList<>();
        for (Role role : job.roles()) {
            roles.add(role.name().equals(companion.roleName()) ? companion.in(job) : withDefaults(job, role));
        }
        if (job.role(companion.roleName()).isEmpty()) {
            roles.add(companion.in(job));
        }
        return JobShape.builder().from(job).roles(roles).build();
    }

    private static Role withDefaults(JobShape job, Role role) {
        boolean trains = Processes.rolesOf(job).contains(role);
        boolean isElastic = Processes.areElastic(job);
        Role.Builder filled = Role.builder()
                .from(role)
                .restartScope(
                        role.restartScope().orElse(trains && !isElastic ? RestartScope.GROUP : RestartScope.REPLICA))
                // Agents wait for orders for ever: horovodrun's end is that of an elastic job.
                .deciders(role.deciders().orElse(trains && !isElastic ? Deciders.ALL : Deciders.NONE));
        if (role.isElastic()) {
            // Both ends are fixed now, so that a resize does not move the one that was left out.
            filled.minReplicas(role.least()).maxReplicas(role.most());
        }
        String companion = Companion.of(job).roleName();
        if (trains && !role.startAfter().contains(companion)) {
            filled.addStartAfter(companion);
        }
        return filled.build();
    }

    @Override
    public List<Violation> validate(JobShape job) {
        return HorovodRules.check(job);
    }

    @Override
    public List<String> reservedVariables(JobShape job) {
        return Stream.concat(
                        Slot.VARIABLES.stream(),
                        Stream.of("HOROVOD_GLOO_*", "HOROVOD_CONTROLLER", "HOROVOD_CPU_OPERATIONS", "HOROVOD_ELASTIC"))
                .toList();
    }

    @Override
    public Needs needs(JobShape job) {
        List<Needs.Port> ports = new ArrayList<>();
        Companion companion = Companion.of(job);
        job.role(companion.roleName()).ifPresent(role -> ports.add(companion.port(job)));
        if (Processes.areElastic(job)) {
            for (Role role : Processes.rolesOf(job)) {
                for (int index = 0; index < role.most(); index++) {
                    ports.add(RemoteShell.port(new ReplicaKey(role.name(), index)));
                }
            }
        }
        return new Needs(ports);
    }

    @Override
    public LaunchPlan plan(ClusterView view) {
        Companion companion = Companion.of(view.job());
        Member meeting = view.members(companion.roleName()).get(0);
        Processes processes = Processes.of(view);
        return LaunchPlan.of(view, member -> plan(view.job(), companion, processes, member, meeting));
    }

    private static ReplicaPlan plan(
            JobShape job, Companion companion, Processes processes, Member member, Member meeting) {
        Role role = job.role(member.key().role()).orElseThrow();
        if (!member.equals(meeting) && !processes.has(member)) {
            return ReplicaPlan.of(role, member).build();
        }
        return switch (companion) {
            case RENDEZVOUS ->
                member.equals(meeting)
                        ? GlooPlans.server(role, member, processes)
                        : GlooPlans.worker(job, role, member, processes.slotOf(member), meeting);
            case LAUNCHER ->
                member.equals(meeting)
                        ? ElasticPlans.launcher(job, role, member)
                        : ElasticPlans.worker(job, role, member, meeting);
        };
    }

    @Override
    public Optional<LaunchPlan> resize(ClusterView from, ClusterView to) {
        if (!Processes.areElastic(to.job())) {
            return Optional.empty();
        }
        Set<ReplicaKey> before = from.members().stream().map(Member::key).collect(Collectors.toUnmodifiableSet());
        return Optional.of(new LaunchPlan(
                plan(to).replicas().stream()
                        .filter(replica -> !before.contains(replica.key()))
                        .toList(),
                List.of()));
    }
}
