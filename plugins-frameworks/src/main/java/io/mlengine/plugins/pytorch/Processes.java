package io.mlengine.plugins.pytorch;

import io.mlengine.plugins.machine.Machines;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;

/** How many processes a replica becomes and what each may use. */
final class Processes {
    private static final String OMP_NUM_THREADS = "OMP_NUM_THREADS";
    private static final String PYTHONUNBUFFERED = "PYTHONUNBUFFERED";

    private Processes() {}

    /** The value of PET_NPROC_PER_NODE: a number, or a word that torchrun resolves where the GPUs are. */
    static String perAgent(JobShape job, Role role, Member member) {
        String asked = PyTorchOptions.of(job).nprocPerNode().orElse("");
        return switch (asked) {
            // A process can use one MIG instance only, so counting them would start processes without a device.
            case "" -> Integer.toString(Machines.isMig(role, member) ? 1 : Math.max(1, member.deviceCount()));
            // Without GPUs torchrun would count the CPUs of the machine, not those that the replica was given.
            case "auto" -> role.resources().gpuCount() > 0 ? "auto" : Long.toString(wholeCpus(role));
            case "cpu" -> Long.toString(wholeCpus(role));
            default -> asked;
        };
    }

    private static long wholeCpus(Role role) {
        return Math.max(1, (role.resources().cpuMillis() + 999) / 1000);
    }

    /**
     * Adds what every PyTorch process should have unless the user chose otherwise: output without delay, and as many
     * threads as it has CPUs. Without a request for CPUs it is one thread, as torchrun does it, unless the process is
     * alone. Nothing here depends on how many replicas an elastic job has at the moment.
     */
    static void addCommon(ReplicaPlan.Builder plan, JobShape job, Role role, long processes) {
        if (!isSetByUser(job, role, PYTHONUNBUFFERED)) {
            plan.env(PYTHONUNBUFFERED, 1);
        }
        long cpuMillis = role.resources().cpuMillis();
        if (isSetByUser(job, role, OMP_NUM_THREADS)) {
            return;
        }
        if (cpuMillis > 0) {
            plan.env(OMP_NUM_THREADS, Math.max(1, cpuMillis / 1000 / processes));
        } else if (Ranks.mostOf(job) * processes > 1) {
            plan.env(OMP_NUM_THREADS, 1);
        }
    }

    /** Tells whether the user chose a value, which then stands. */
    static boolean isSetByUser(JobShape job, Role role, String variable) {
        return role.env().containsKey(variable) || job.environment().variables().containsKey(variable);
    }
}
