package io.mlengine.plugins.mpi;

import io.mlengine.plugins.shell.RemoteShell;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.PlanFile;
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
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * MPI. The launcher runs the user's mpirun, which starts ranks in the workers through the engine's remote shell; no ssh,
 * no keys. The launcher's end is the job's. Workers come first, inside the one gang, and are stopped at the end.
 */
public final class MpiLauncher implements FrameworkLauncher {
    private static final Set<String> PROGRAMS = Set.of("mpirun", "mpiexec", "mpiexec.hydra");

    @Override
    public FrameworkName name() {
        return FrameworkName.of("mpi");
    }

    @Override
    public OptionSchema options() {
        return MpiOptions.SCHEMA;
    }

    @Override
    public JobShape defaults(JobShape job) {
        return JobShape.builder()
                .from(job)
                .roles(job.roles().stream().map(role -> withDefaults(job, role)).toList())
                .build();
    }

    private static Role withDefaults(JobShape job, Role role) {
        Role.Builder filled = Role.builder().from(role);
        switch (role.name()) {
            case Hosts.LAUNCHER -> {
                filled.restartScope(role.restartScope().orElse(RestartScope.GROUP))
                        .deciders(role.deciders().orElse(Deciders.ALL));
                if (role.startAfter().isEmpty() && job.role(Hosts.WORKER).isPresent()) {
                    filled.startAfter(List.of(Hosts.WORKER));
                }
            }
            case Hosts.WORKER -> {
                // An agent never ends by itself; when one is lost, so are its ranks, and with them all others.
                filled.tracked(false)
                        .restartScope(role.restartScope().orElse(RestartScope.GROUP))
                        .deciders(role.deciders().orElse(Deciders.NONE));
                if (role.commandLine().isEmpty()) {
                    filled.command(RemoteShell.AGENT_COMMAND);
                }
            }
            default ->
                filled.restartScope(role.restartScope().orElse(RestartScope.REPLICA))
                        .deciders(role.deciders().orElse(Deciders.NONE));
        }
        return filled.build();
    }

    @Override
    public List<Violation> validate(JobShape job) {
        return MpiRules.check(job);
    }

    @Override
    public List<String> reservedVariables(JobShape job) {
        return List.copyOf(implementation(job).variables(hostFile(""), 1, 1).keySet());
    }

    @Override
    public Needs needs(JobShape job) {
        int workers = job.role(Hosts.WORKER).map(Role::replicas).orElse(0);
        return new Needs(IntStream.range(0, workers)
                .mapToObj(index -> RemoteShell.port(new ReplicaKey(Hosts.WORKER, index)))
                .toList());
    }

    @Override
    public LaunchPlan plan(ClusterView view) {
        Hosts hosts = Hosts.of(view);
        return new LaunchPlan(
                view.members().stream().map(member -> plan(view, hosts, member)).toList(), notes(hosts));
    }

    private static ReplicaPlan plan(ClusterView view, Hosts hosts, Member member) {
        JobShape job = view.job();
        Role role = job.role(member.key().role()).orElseThrow();
        return switch (role.name()) {
            case Hosts.LAUNCHER -> launcher(job, role, hosts, member);
            case Hosts.WORKER -> worker(job, role, hosts, member);
            default -> ReplicaPlan.of(role, member).build();
        };
    }

    private static ReplicaPlan worker(JobShape job, Role role, Hosts hosts, Member member) {
        List<String> options =
                hosts.areOnOneMachine() ? implementation(job).agentOptions(hosts.nameOf(member)) : List.of();
        ReplicaPlan.Builder plan = RemoteShell.agent(member, options.toArray(String[]::new));
        addUnlessSet(plan, job, role, forRanks(job, role));
        return plan.build();
    }

    private static ReplicaPlan launcher(JobShape job, Role role, Hosts hosts, Member member) {
        Implementation implementation = implementation(job);
        PlanFile hostFile = hostFile(lines(job, hosts));
        ReplicaPlan.Builder plan = ReplicaPlan.of(role, member)
                .command(command(implementation, role))
                .addFiles(hostFile)
                .addAllFiles(RemoteShell.client(hosts.workers()))
                .logRules(MpiLogRules.ALL);
        long slots = MpiOptions.of(job).slots(job.role(Hosts.WORKER).orElse(role));
        implementation.variables(hostFile, slots, hosts.names().size()).forEach(plan::env);
        addUnlessSet(plan, job, role, implementation.defaults(hosts.areOnOneMachine()));
        if (MpiOptions.of(job).runsLauncherAsWorker()) {
            addUnlessSet(plan, job, role, forRanks(job, role));
        }
        return plan.build();
    }

    /** Ranks share the CPUs of their replica; a library that took all of them for each rank would slow down all. */
    private static Map<String, String> forRanks(JobShape job, Role role) {
        long threads = role.resources().cpuMillis() / 1000 / MpiOptions.of(job).slots(role);
        return Map.of("OMP_NUM_THREADS", Long.toString(Math.max(1, threads)), "PYTHONUNBUFFERED", "1");
    }

    private static void addUnlessSet(ReplicaPlan.Builder plan, JobShape job, Role role, Map<String, String> variables) {
        variables.forEach((name, value) -> {
            if (!role.env().containsKey(name) && !job.environment().variables().containsKey(name)) {
                plan.env(name, value);
            }
        });
    }

    /** Intel's mpirun gives ranks the launcher's variables, its devices among them, and only an option stops it. */
    private static List<String> command(Implementation implementation, Role role) {
        List<String> words = new ArrayList<>(role.commandLine());
        if (implementation == Implementation.INTEL
                && !words.isEmpty()
                && PROGRAMS.contains(words.get(0).substring(words.get(0).lastIndexOf('/') + 1))) {
            words.add(1, "-genvnone");
        }
        return words;
    }

    private static PlanFile hostFile(String lines) {
        return new PlanFile("hostfile", lines, false);
    }

    private static String lines(JobShape job, Hosts hosts) {
        MpiOptions options = MpiOptions.of(job);
        return hosts.names().entrySet().stream()
                .map(host -> implementation(job)
                                .hostLine(
                                        host.getKey(),
                                        options.slots(
                                                job.role(host.getValue().key().role())
                                                        .orElseThrow()))
                        + "\n")
                .collect(Collectors.joining());
    }

    private static List<String> notes(Hosts hosts) {
        return hosts.areOnOneMachine()
                ? List.of("on this one machine, mpirun knows the workers as the hosts "
                        + hosts.names().entrySet().stream()
                                .filter(host -> host.getValue().key().role().equals(Hosts.WORKER))
                                .map(Map.Entry::getKey)
                                .collect(Collectors.joining(", ")))
                : List.of();
    }

    private static Implementation implementation(JobShape job) {
        return MpiOptions.of(job).implementation().orElse(Implementation.OPENMPI);
    }
}
