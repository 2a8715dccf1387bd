package io.mlengine.plugins.horovod;

import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.Json;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.framework.ReplicaPlan.DeviceVisibility;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import java.util.Optional;

/** A job of fixed size: the engine starts each process, with what horovodrun would hand to it over ssh. */
final class GlooPlans {
    private static final String NCCL_SOCKET_IFNAME = "NCCL_SOCKET_IFNAME";
    private static final String OMP_NUM_THREADS = "OMP_NUM_THREADS";
    private static final String PYTHONUNBUFFERED = "PYTHONUNBUFFERED";

    private GlooPlans() {}

    static ReplicaPlan server(Role role, Member member, Processes processes) {
        PlanFile scopes = new PlanFile("scopes.json", Json.write(Slot.scopeSizes(processes.slots())) + "\n", false);
        return Companion.RENDEZVOUS
                .plan(role, member)
                .addCommand(scopes.reference())
                .addFiles(scopes)
                .build();
    }

    static ReplicaPlan worker(JobShape job, Role role, Member member, Slot slot, Member server) {
        ReplicaPlan.Builder plan = ReplicaPlan.of(role, member);
        slot.variables().forEach(plan::env);
        plan.env("HOROVOD_GLOO_RENDEZVOUS_ADDR", server.host())
                .env("HOROVOD_GLOO_RENDEZVOUS_PORT", Companion.portOf(server))
                .env("HOROVOD_CONTROLLER", "gloo")
                .env("HOROVOD_CPU_OPERATIONS", "gloo");
        HorovodOptions options = HorovodOptions.of(job);
        // The machine's own name may stand for an address that is not there; between pods it is the right one.
        Optional<String> loopback = Loopback.is(member.host()) ? Optional.of(Loopback.INTERFACE) : Optional.empty();
        options.networkInterface()
                .or(() -> loopback)
                .ifPresent(networkInterface -> plan.env("HOROVOD_GLOO_IFACE", networkInterface));
        options.networkInterface()
                .filter(any -> !isSetByUser(job, role, NCCL_SOCKET_IFNAME))
                .ifPresent(networkInterface -> plan.env(NCCL_SOCKET_IFNAME, networkInterface));
        addCommon(plan, job, role);
        boolean hasNeighbours = slot.hostSlots() > 1 && member.deviceCount() > 0;
        return plan.devices(hasNeighbours ? DeviceVisibility.JOB_ON_HOST : DeviceVisibility.OWN)
                .logRules(HorovodLogRules.ALL)
                .build();
    }

    /** What the processes of an elastic job have as well. */
    static void addCommon(ReplicaPlan.Builder plan, JobShape job, Role role) {
        plan.env("HOROVOD_GLOO_TIMEOUT_SECONDS", HorovodOptions.of(job).timeoutSeconds());
        if (!isSetByUser(job, role, PYTHONUNBUFFERED)) {
            plan.env(PYTHONUNBUFFERED, 1);
        }
        if (!isSetByUser(job, role, OMP_NUM_THREADS)) {
            // Each process would take all CPUs of the machine for its own.
            plan.env(OMP_NUM_THREADS, Math.max(1, role.resources().cpuMillis() / 1000));
        }
    }

    private static boolean isSetByUser(JobShape job, Role role, String variable) {
        return role.env().containsKey(variable) || job.environment().variables().containsKey(variable);
    }
}
