package io.mlengine.plugins.xgboost;

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
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * XGBoost. Each replica is one worker; all meet at a tracker, which gives ranks in the order of the replicas, and then talk
 * to each other. One that leaves cannot come back into the group, and the others would wait half an hour for it: the whole
 * group is started again. The Python module {@code mlengine_xgboost}, which each plan brings, joins the group from the
 * variables set here, since XGBoost itself reads none.
 */
public final class XGBoostLauncher implements FrameworkLauncher {
    @Override
    public FrameworkName name() {
        return FrameworkName.of("xgboost");
    }

    @Override
    public OptionSchema options() {
        return XGBoostOptions.SCHEMA;
    }

    @Override
    public JobShape defaults(JobShape job) {
        List<Role> roles = new ArrayList<>();
        job.roles().forEach(role -> roles.add(withDefaults(job, role)));
        boolean lacksTracker =
                XGBoostOptions.of(job).hasCompanion() && job.role(Tracker.ROLE).isEmpty();
        if (lacksTracker && !Workers.rolesOf(job).isEmpty()) {
            roles.add(withDefaults(job, Tracker.companion()));
        }
        return JobShape.builder().from(job).roles(roles).build();
    }

    private static Role withDefaults(JobShape job, Role role) {
        boolean trains = Workers.rolesOf(job).contains(role);
        boolean keepsTracker = Tracker.isCompanion(job, role);
        boolean decides = trains
                && (role.name().equals(Workers.MASTER)
                        || job.role(Workers.MASTER).isEmpty());
        Role.Builder filled =
                keepsTracker ? Tracker.withDefaults(job, role) : Role.builder().from(role);
        filled.restartScope(
                        role.restartScope().orElse(trains || keepsTracker ? RestartScope.GROUP : RestartScope.REPLICA))
                .deciders(role.deciders().orElse(decides ? Deciders.ALL : Deciders.NONE));
        if (trains && XGBoostOptions.of(job).hasCompanion()) {
            filled.startAfter(Stream.concat(role.startAfter().stream(), Stream.of(Tracker.ROLE))
                    .distinct()
                    .toList());
        }
        return filled.build();
    }

    @Override
    public List<Violation> validate(JobShape job) {
        return XGBoostRules.check(job);
    }

    @Override
    public List<String> reservedVariables(JobShape job) {
        List<String> kubeflow = job.role(Workers.MASTER).isPresent()
                ? List.of("MASTER_ADDR", "MASTER_PORT", "WORLD_SIZE", "RANK", "WORKER_PORT", "WORKER_ADDRS")
                : List.of();
        return Stream.concat(
                        Stream.of(
                                "DMLC_TRACKER_URI",
                                "DMLC_TRACKER_PORT",
                                "DMLC_TASK_ID",
                                "DMLC_NUM_WORKER",
                                "DMLC_WORKER_PORT",
                                "DMLC_RETRY",
                                "DMLC_TIMEOUT",
                                "DMLC_TRACKER_ROLE"),
                        kubeflow.stream())
                .toList();
    }

    @Override
    public Needs needs(JobShape job) {
        List<Needs.Port> ports = new ArrayList<>(WorkerPlans.needs(job));
        Tracker.replica(job).ifPresent(replica -> ports.add(Tracker.need(job, replica)));
        return new Needs(ports);
    }

    @Override
    public LaunchPlan plan(ClusterView view) {
        Workers workers = Workers.of(view);
        return LaunchPlan.of(view, member -> plan(view, workers, member));
    }

    private static ReplicaPlan plan(ClusterView view, Workers workers, Member member) {
        Role role = view.job().role(member.key().role()).orElseThrow();
        if (workers.has(member)) {
            return WorkerPlans.plan(view, role, workers, member);
        }
        return Tracker.isCompanion(view.job(), role)
                ? Tracker.plan(role, member, workers.size())
                : ReplicaPlan.of(role, member).build();
    }
}
