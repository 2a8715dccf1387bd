package io.mlengine.plugins.pytorch;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.Ready;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * PyTorch. In agent mode replicas are torchrun agents, told by PET_ variables; in rank mode each replica is one rank,
 * told by RANK and the like. With torchrun a job may be elastic: agents come and go through a rendezvous whose id is
 * new in each attempt. When a rank fails under torchrun, the reason stands in the JSON file that torchrun names to its
 * ranks as TORCHELASTIC_ERROR_FILE, provided that the program's main function is decorated with {@code record}.
 */
public final class PyTorchLauncher implements FrameworkLauncher {
    /** What torchrun hands to its ranks, and the engine to its own in rank mode. */
    private static final List<String> RANK_VARIABLES = List.of(
            "RANK",
            "WORLD_SIZE",
            "LOCAL_RANK",
            "LOCAL_WORLD_SIZE",
            "GROUP_RANK",
            "GROUP_WORLD_SIZE",
            "ROLE_RANK",
            "ROLE_WORLD_SIZE",
            "MASTER_ADDR",
            "MASTER_PORT");

    @Override
    public FrameworkName name() {
        return FrameworkName.of("pytorch");
    }

    @Override
    public OptionSchema options() {
        return PyTorchOptions.SCHEMA;
    }

    @Override
    public JobShape defaults(JobShape job) {
        return JobShape.builder()
                .from(job)
                .roles(job.roles().stream().map(role -> withDefaults(job, role)).toList())
                .build();
    }

    private static Role withDefaults(JobShape job, Role role) {
        boolean isRanked = Ranks.rolesOf(job).contains(role);
        boolean isElastic = isRanked && Ranks.isElastic(job);
        boolean decides = isRanked
                && (role.name().equals(Ranks.MASTER) || job.role(Ranks.MASTER).isEmpty());
        Role.Builder filled = Role.builder()
                .from(role)
                // The other agents go on when one is lost; everything else waits for the lost rank for ever.
                .restartScope(
                        role.restartScope().orElse(isElastic || !isRanked ? RestartScope.REPLICA : RestartScope.GROUP))
                .deciders(role.deciders().orElse(decides ? Deciders.ALL : Deciders.NONE));
        if (role.isElastic()) {
            // Both ends are fixed now, so that a resize does not move the one that was left out.
            filled.minReplicas(role.least()).maxReplicas(role.most());
        }
        if (role.name().equals(Ranks.WORKER)
                && hasGate(job)
                && role.startAfter().isEmpty()) {
            filled.startAfter(List.of(Ranks.MASTER));
        }
        return filled.build();
    }

    /** Tells whether workers wait for the master's port. A name that resolves says nothing about who listens there. */
    private static boolean hasGate(JobShape job) {
        return PyTorchOptions.of(job).waitForMaster()
                && job.role(Ranks.MASTER).isPresent()
                && job.role(Ranks.WORKER).isPresent()
                && hostedPort(job).isPresent();
    }

    @Override
    public List<Violation> validate(JobShape job) {
        return PyTorchRules.check(job);
    }

    @Override
    public List<String> reservedVariables(JobShape job) {
        List<String> agentVariables = Mode.of(job) == Mode.RANK
                ? List.of("PET_*")
                : List.of(
                        "PET_NNODES",
                        "PET_NODE_RANK",
                        "PET_NPROC_PER_NODE",
                        "PET_MASTER_ADDR",
                        "PET_MASTER_PORT",
                        "PET_MAX_RESTARTS",
                        "PET_LOCAL_ADDR",
                        "PET_STANDALONE",
                        "PET_RDZV_*");
        return java.util.stream.Stream.concat(RANK_VARIABLES.stream(), agentVariables.stream())
                .toList();
    }

    @Override
    public Needs needs(JobShape job) {
        Optional<ReplicaKey> first = Ranks.firstOf(job);
        Optional<String> port = hostedPort(job);
        if (first.isEmpty() || port.isEmpty()) {
            return Needs.NONE;
        }
        int preferred = port.get().equals(AgentPlans.RENDEZVOUS_PORT)
                ? AgentPlans.PREFERRED_RENDEZVOUS_PORT
                : RankPlans.PREFERRED_PORT;
        int chosen = (int) PyTorchOptions.of(job).masterPort().orElse(preferred);
        return new Needs(List.of(new Needs.Port(first.get(), port.get(), chosen)));
    }

    /** The port on which the first replica listens; empty when the job meets at a store of the user's or is alone. */
    private static Optional<String> hostedPort(JobShape job) {
        PyTorchOptions options = PyTorchOptions.of(job);
        if (Mode.of(job) == Mode.RANK || !options.standalone() && !AgentPlans.usesRendezvous(job)) {
            return Optional.of(RankPlans.PORT);
        }
        return options.standalone() || options.rdzvEndpoint().isPresent()
                ? Optional.empty()
                : Optional.of(AgentPlans.RENDEZVOUS_PORT);
    }

    @Override
    public LaunchPlan plan(ClusterView view) {
        Ranks ranks = Ranks.of(view);
        return new LaunchPlan(
                view.members().stream().map(member -> plan(view, ranks, member)).toList(), notes(view.job()));
    }

    private static ReplicaPlan plan(ClusterView view, Ranks ranks, Member member) {
        JobShape job = view.job();
        Role role = job.role(member.key().role()).orElseThrow();
        if (!ranks.has(member)) {
            return ReplicaPlan.of(role, member).build();
        }
        ReplicaPlan.Builder plan = Mode.of(job) == Mode.AGENT
                ? AgentPlans.plan(view, role, ranks, member)
                : RankPlans.plan(job, role, ranks, member);
        if (ranks.first().equals(member) && hasGate(job)) {
            plan.ready(Ready.port(hostedPort(job).orElseThrow()));
        }
        return plan.logRules(PyTorchLogRules.ALL).build();
    }

    private static List<String> notes(JobShape job) {
        boolean hostsStore = Mode.of(job) == Mode.AGENT
                && hostedPort(job).filter(AgentPlans.RENDEZVOUS_PORT::equals).isPresent();
        return hostsStore
                ? List.of(Ranks.firstOf(job).orElseThrow()
                        + " hosts the rendezvous store; if it is lost, all agents start again")
                : List.of();
    }

    @Override
    public Optional<LaunchPlan> resize(ClusterView from, ClusterView to) {
        JobShape job = to.job();
        boolean staysTogether = Mode.of(job) == Mode.AGENT
                && Ranks.isElastic(job)
                && Ranks.of(from).first().equals(Ranks.of(to).first());
        if (!staysTogether) {
            return Optional.empty();
        }
        var before = from.members().stream().map(Member::key).collect(Collectors.toUnmodifiableSet());
        LaunchPlan all = plan(to);
        return Optional.of(new LaunchPlan(
                all.replicas().stream()
                        .filter(replica -> !before.contains(replica.key()))
                        .toList(),
                all.notes()));
    }
}
