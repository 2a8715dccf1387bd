package io.mlengine.plugins.horovod;

import io.mlengine.plugins.program.Programs;
import io.mlengine.plugins.shell.RemoteShell;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A job whose processes come and go. horovodrun starts them itself, as it does over ssh: each worker runs an agent that
 * executes what the launcher asks for, and holds a connection to the launcher by which it is known. Nothing here depends
 * on how many workers there are at the moment.
 */
final class ElasticPlans {
    private static final PlanFile ANNOUNCEMENT = Programs.beside(ElasticPlans.class, "elastic_worker.py", false);

    /** The interface that a pod's network has by convention; horovodrun's own search needs two workers from the start. */
    private static final String POD_INTERFACE = "eth0";

    private ElasticPlans() {}

    static ReplicaPlan launcher(JobShape job, Role role, Member member) {
        Role worker = Processes.rolesOf(job).get(0);
        HorovodOptions options = HorovodOptions.of(job);
        List<String> arguments = new ArrayList<>(List.of(
                Integer.toString(worker.least()),
                Integer.toString(worker.most()),
                "--network-interface",
                options.networkInterface().orElse(Loopback.is(member.host()) ? Loopback.INTERFACE : POD_INTERFACE)));
        options.resetLimit().ifPresent(limit -> arguments.addAll(List.of("--reset-limit", Long.toString(limit))));
        arguments.addAll(worker.commandLine());
        return Companion.LAUNCHER
                .plan(role, member)
                .addAllCommand(arguments)
                .addAllFiles(RemoteShell.client(Collections.emptySortedMap()))
                .logRules(HorovodLogRules.LASTING)
                .build();
    }

    static ReplicaPlan worker(JobShape job, Role role, Member member, Member launcher) {
        ReplicaPlan agent = RemoteShell.agent(member).build();
        ReplicaPlan.Builder plan = ReplicaPlan.builder()
                .from(agent)
                .command(List.of(
                        "python3",
                        ANNOUNCEMENT.reference(),
                        launcher.host() + ":" + Companion.portOf(launcher),
                        member.key().toString(),
                        member.host() + ":" + member.port(RemoteShell.PORT)))
                .addAllCommand(agent.command())
                .addFiles(ANNOUNCEMENT);
        GlooPlans.addCommon(plan, job, role);
        return plan.build();
    }
}
