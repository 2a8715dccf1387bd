package io.mlengine.plugins.xgboost;

import io.mlengine.plugins.program.Programs;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a worker is told: where the tracker is, and its place; beside a master also what Kubeflow's scripts read. */
final class WorkerPlans {
    /** With which the user's script joins the others. */
    private static final PlanFile MODULE = Programs.beside(WorkerPlans.class, "mlengine_xgboost.py", false);

    private static final String PEER_PORT = "peer";
    private static final String COLLECTIVE_PORT = "collective";
    private static final String PYTHONPATH = "PYTHONPATH";

    /**
     * One try to reach the tracker. Each further one takes two seconds more, and XGBoost makes them again when it leaves a
     * broken group: a survivor would stay for half a minute. The tracker is ready before the workers start.
     */
    private static final int TRIES = 1;

    private WorkerPlans() {}

    static List<Needs.Port> needs(JobShape job) {
        XGBoostOptions options = XGBoostOptions.of(job);
        List<Needs.Port> ports = new ArrayList<>();
        for (ReplicaKey worker : Workers.keysOf(job)) {
            options.workerPort().ifPresent(port -> ports.add(new Needs.Port(worker, COLLECTIVE_PORT, (int) port)));
            if (hasMaster(job)) {
                ports.add(new Needs.Port(worker, PEER_PORT, options.masterPort()));
            }
        }
        return ports;
    }

    static ReplicaPlan plan(ClusterView view, Role role, Workers workers, Member member) {
        JobShape job = view.job();
        XGBoostOptions options = XGBoostOptions.of(job);
        Member tracker = Tracker.memberOf(view);
        ReplicaPlan.Builder plan = ReplicaPlan.of(role, member)
                .env("DMLC_TRACKER_URI", tracker.host())
                .env("DMLC_TRACKER_PORT", tracker.port(Tracker.PORT))
                .env("DMLC_TASK_ID", workers.taskIdOf(member))
                .env("DMLC_NUM_WORKER", workers.size())
                .env("DMLC_RETRY", TRIES)
                .addFiles(MODULE)
                .logRules(XGBoostLogRules.ALL);
        if (!options.hasCompanion()) {
            plan.env("DMLC_TRACKER_ROLE", tracker.equals(member) ? "keeper" : "guest");
        }
        options.timeout().ifPresent(seconds -> plan.env("DMLC_TIMEOUT", seconds));
        if (options.workerPort().isPresent()) {
            plan.env("DMLC_WORKER_PORT", member.port(COLLECTIVE_PORT));
        }
        if (hasMaster(job)) {
            addKubeflow(plan, workers, member);
        }
        addPythonPath(plan, job, role);
        addCommon(plan, job, role);
        return plan.build();
    }

    private static boolean hasMaster(JobShape job) {
        return job.role(Workers.MASTER).isPresent();
    }

    /** As Kubeflow's XGBoostJob sets it; WORKER_ is what its scripts for LightGBM read. */
    private static void addKubeflow(ReplicaPlan.Builder plan, Workers workers, Member member) {
        plan.env("MASTER_ADDR", workers.first().host())
                .env("MASTER_PORT", workers.first().port(PEER_PORT))
                .env("WORLD_SIZE", workers.size())
                .env("RANK", workers.rankOf(member))
                .env("WORKER_PORT", member.port(PEER_PORT))
                .env("WORKER_ADDRS", workerAddresses(workers));
    }

    /** Hosts, as there; where workers share one, their ports differ and are told with it. */
    private static String workerAddresses(Workers workers) {
        List<Member> others = workers.members().stream()
                .filter(member -> member.key().role().equals(Workers.WORKER))
                .toList();
        boolean sharesHosts = others.stream().map(Member::host).distinct().count() < others.size();
        return others.stream()
                .map(member -> sharesHosts ? member.host() + ":" + member.port(PEER_PORT) : member.host())
                .collect(Collectors.joining(","));
    }

    /** Where Python finds our module. A search path of the user's stays behind it; one that is a secret must name it itself. */
    private static void addPythonPath(ReplicaPlan.Builder plan, JobShape job, Role role) {
        EnvValue users = role.env()
                .getOrDefault(PYTHONPATH, job.environment().variables().get(PYTHONPATH));
        if (users == null) {
            plan.env(PYTHONPATH, PlanFile.FOLDER);
        } else if (users instanceof EnvValue.Literal literal) {
            plan.env(PYTHONPATH, PlanFile.FOLDER + ":" + literal.value());
        }
    }

    private static void addCommon(ReplicaPlan.Builder plan, JobShape job, Role role) {
        if (!isSetByUser(job, role, "PYTHONUNBUFFERED")) {
            plan.env("PYTHONUNBUFFERED", 1);
        }
        long cpuMillis = role.resources().cpuMillis();
        if (cpuMillis > 0 && !isSetByUser(job, role, "OMP_NUM_THREADS")) {
            plan.env("OMP_NUM_THREADS", Math.max(1, cpuMillis / 1000));
        }
    }

    private static boolean isSetByUser(JobShape job, Role role, String variable) {
        return role.env().containsKey(variable) || job.environment().variables().containsKey(variable);
    }
}
