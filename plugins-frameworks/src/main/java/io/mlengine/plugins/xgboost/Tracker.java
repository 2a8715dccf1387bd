package io.mlengine.plugins.xgboost;

import io.mlengine.plugins.program.Programs;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.Ready;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.framework.ReplicaPlan.DeviceVisibility;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.util.Optional;

/** Where the workers meet: a companion that runs a file of the plan, or the process of the first worker. */
final class Tracker {
    static final String ROLE = "tracker";
    static final String PORT = "tracker";

    private static final ReplicaKey COMPANION = new ReplicaKey(ROLE, 0);
    private static final PlanFile PROGRAM = Programs.beside(Tracker.class, "mlengine_xgboost_tracker.py", false);

    private Tracker() {}

    static Role companion() {
        return Role.named(ROLE).tracked(false).build();
    }

    /** What the user left out: the program is ours, the image that of those whom it serves, since it has a Python. */
    static Role.Builder withDefaults(JobShape job, Role role) {
        Role.Builder filled = Role.builder().from(role);
        if (role.commandLine().isEmpty()) {
            filled.command("python3", PROGRAM.reference());
        }
        if (role.image().isEmpty()) {
            filled.image(Workers.rolesOf(job).stream().findFirst().flatMap(Role::image));
        }
        return filled;
    }

    static boolean isCompanion(JobShape job, Role role) {
        return role.name().equals(ROLE) && XGBoostOptions.of(job).hasCompanion();
    }

    static Optional<ReplicaKey> replica(JobShape job) {
        return XGBoostOptions.of(job).hasCompanion()
                ? Optional.of(COMPANION)
                : Workers.keysOf(job).stream().findFirst();
    }

    static Needs.Port need(JobShape job, ReplicaKey replica) {
        return new Needs.Port(replica, PORT, XGBoostOptions.of(job).trackerPort());
    }

    static Member memberOf(ClusterView view) {
        ReplicaKey key = replica(view.job()).orElseThrow();
        return view.members().stream()
                .filter(member -> member.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    static ReplicaPlan plan(Role role, Member member, int workers) {
        return ReplicaPlan.of(role, member)
                .env("DMLC_TRACKER_URI", member.host())
                .env("DMLC_TRACKER_PORT", member.port(PORT))
                .env("DMLC_NUM_WORKER", workers)
                .addFiles(PROGRAM)
                .ready(Ready.port(PORT))
                .devices(DeviceVisibility.NONE)
                .logRules(XGBoostLogRules.ALL)
                .build();
    }
}
