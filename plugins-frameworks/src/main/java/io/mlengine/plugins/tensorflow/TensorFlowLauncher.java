package io.mlengine.plugins.tensorflow;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.framework.ReplicaPlan.DeviceVisibility;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * TensorFlow. The roles chief (or master), worker, ps and evaluator become the tasks of one cluster, which each process
 * reads from {@code TF_CONFIG}. Parameter servers never end by themselves, so they are untracked and stopped with the job.
 * With the option {@code dynamicWorkers} workers know only the parameter servers, and may come and go.
 */
public final class TensorFlowLauncher implements FrameworkLauncher {
    private static final String PYTHONUNBUFFERED = "PYTHONUNBUFFERED";

    @Override
    public FrameworkName name() {
        return FrameworkName.of("tensorflow");
    }

    @Override
    public OptionSchema options() {
        return TensorFlowOptions.SCHEMA;
    }

    @Override
    public JobShape defaults(JobShape job) {
        return JobShape.builder()
                .from(job)
                .roles(job.roles().stream().map(role -> withDefaults(job, role)).toList())
                .build();
    }

    private static Role withDefaults(JobShape job, Role role) {
        Optional<TaskType> type = TaskType.of(role);
        Role.Builder filled = Role.builder()
                .from(role)
                .restartScope(role.restartScope()
                        .orElse(type.map(known -> scopeOf(known, job)).orElse(RestartScope.REPLICA)))
                .deciders(role.deciders()
                        .orElse(type.map(known -> decidersOf(known, job)).orElse(Deciders.NONE)));
        if (type.equals(Optional.of(TaskType.PS))) {
            filled.tracked(false);
        }
        if (role.isElastic()) {
            // Both ends are fixed now, so that a resize does not move the one that was left out.
            filled.minReplicas(role.least()).maxReplicas(role.most());
        }
        return filled.build();
    }

    /**
     * A worker of parameter servers is replaced alone: what was learned is not in it. With a parameter server, or the
     * chief that hands out the work, something is lost that only a checkpoint can bring back to all. Workers without
     * parameter servers wait for each other in every step.
     */
    private static RestartScope scopeOf(TaskType type, JobShape job) {
        return switch (type) {
            case CHIEF, MASTER, PS -> RestartScope.GROUP;
            case WORKER -> TaskType.PS.isIn(job) ? RestartScope.REPLICA : RestartScope.GROUP;
            case EVALUATOR -> RestartScope.REPLICA;
        };
    }

    /** The chief decides; without one the first worker stands in for it, as it does in TensorFlow. */
    private static Deciders decidersOf(TaskType type, JobShape job) {
        boolean hasChief = TaskType.CHIEF.isIn(job) || TaskType.MASTER.isIn(job);
        return switch (type) {
            case CHIEF, MASTER -> Deciders.FIRST;
            case WORKER -> hasChief ? Deciders.NONE : Deciders.FIRST;
            case PS, EVALUATOR -> Deciders.NONE;
        };
    }

    @Override
    public List<Violation> validate(JobShape job) {
        return TensorFlowRules.check(job);
    }

    @Override
    public List<String> reservedVariables(JobShape job) {
        return List.of(TfConfig.VARIABLE);
    }

    @Override
    public Needs needs(JobShape job) {
        if (!TfConfig.isNeeded(job)) {
            return Needs.NONE;
        }
        int preferred = TensorFlowOptions.of(job).port();
        return new Needs(TaskType.rolesOf(job).stream()
                .flatMap(role -> IntStream.range(0, role.most()).mapToObj(index -> new ReplicaKey(role.name(), index)))
                .map(replica -> new Needs.Port(replica, TfConfig.PORT, preferred))
                .toList());
    }

    @Override
    public LaunchPlan plan(ClusterView view) {
        return new LaunchPlan(
                view.members().stream().map(member -> plan(view, member)).toList(), notes(view.job()));
    }

    private static ReplicaPlan plan(ClusterView view, Member member) {
        JobShape job = view.job();
        Role role = job.role(member.key().role()).orElseThrow();
        ReplicaPlan.Builder plan = ReplicaPlan.of(role, member);
        Optional<TaskType> type = TaskType.of(role);
        if (type.isEmpty()) {
            return plan.build();
        }
        if (TfConfig.isNeeded(job)) {
            plan.env(TfConfig.VARIABLE, TfConfig.of(view, type.get(), member));
        }
        if (!role.env().containsKey(PYTHONUNBUFFERED)
                && !job.environment().variables().containsKey(PYTHONUNBUFFERED)) {
            plan.env(PYTHONUNBUFFERED, 1);
        }
        return plan.devices(devicesOf(type.get(), member))
                .logRules(TensorFlowLogRules.ALL)
                .build();
    }

    /** TensorFlow takes all memory of every GPU that it sees, also for a process that only keeps or reads variables. */
    private static DeviceVisibility devicesOf(TaskType type, Member member) {
        return type.trains() || member.deviceCount() > 0 ? DeviceVisibility.OWN : DeviceVisibility.NONE;
    }

    private static List<String> notes(JobShape job) {
        return TaskType.MASTER.isIn(job) && TfConfig.isNeeded(job)
                ? List.of("role master is announced under that name, which TensorFlow 1 knows; the strategies of"
                        + " TensorFlow 2 ask for a role named chief")
                : List.of();
    }

    @Override
    public Optional<LaunchPlan> resize(ClusterView from, ClusterView to) {
        if (!TensorFlowOptions.of(to.job()).dynamicWorkers()) {
            return Optional.empty();
        }
        Set<ReplicaKey> before = from.members().stream().map(Member::key).collect(Collectors.toUnmodifiableSet());
        LaunchPlan all = plan(to);
        return Optional.of(new LaunchPlan(
                all.replicas().stream()
                        .filter(replica -> !before.contains(replica.key()))
                        .toList(),
                all.notes()));
    }
}
