package io.mlengine.plugins.pytorch;

import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.framework.ReplicaPlan.DeviceVisibility;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import java.util.List;

/** Rank mode: the engine starts each rank itself. Every count is one of processes. */
final class RankPlans {
    static final String PORT = "master";
    static final int PREFERRED_PORT = 29500;

    private RankPlans() {}

    static ReplicaPlan.Builder plan(JobShape job, Role role, Ranks ranks, Member member) {
        List<Member> machine = ranks.machineOf(member);
        ReplicaPlan.Builder plan = ReplicaPlan.of(role, member)
                .env("RANK", ranks.rankOf(member))
                .env("WORLD_SIZE", ranks.size())
                .env("LOCAL_RANK", machine.indexOf(member))
                .env("LOCAL_WORLD_SIZE", machine.size())
                .env("GROUP_RANK", ranks.machineIndexOf(member))
                .env("MASTER_ADDR", ranks.first().host())
                .env("MASTER_PORT", ranks.first().port(PORT))
                .devices(
                        machine.size() > 1 && member.deviceCount() > 0
                                ? DeviceVisibility.JOB_ON_HOST
                                : DeviceVisibility.OWN);
        Processes.addCommon(plan, job, role, 1);
        return plan;
    }
}
