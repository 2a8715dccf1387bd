package io.mlengine.core.convert;

import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.convert.KindRules.OperatorContract;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** MPIJob of the training operator (v1) and of the MPI operator (v2beta1). */
final class MpiJob {
    private static final Map<String, String> IMPLEMENTATIONS =
            Map.of("OpenMPI", "openmpi", "Intel", "intel", "MPICH", "mpich");

    /** Where mpirun finds the hosts and how it reaches them. */
    static final List<String> VARIABLES = List.of(
            "OMPI_MCA_plm_rsh_*",
            "OMPI_MCA_orte_*",
            "PRTE_MCA_plm_ssh_*",
            "PRTE_MCA_prte_*",
            "I_MPI_HYDRA_*",
            "I_MPI_PERHOST",
            "HYDRA_LAUNCH*",
            "HYDRA_HOST_FILE");

    private static final FieldTable<Draft> SPEC = FieldTable.<Draft>named("MPIJob spec")
            .value(
                    "mpiReplicaSpecs",
                    "`roles`: Launcher is launcher, Worker is worker; see replica spec",
                    (job, specs) -> ReplicaTable.read(job, specs, List.of("launcher", "worker")))
            .object("runPolicy", RunPolicyTable.TABLE, job -> job)
            .value("cleanPodPolicy", "`runPolicy.cleanup`", RunPolicyTable::cleanup)
            .value("slotsPerWorker", "option `slotsPerWorker`", (job, value) -> job.slots = value)
            .value("mpiImplementation", "option `implementation`", MpiJob::implementation)
            .flag("runLauncherAsWorker", "option `runLauncherAsWorker`", MpiJob::launcherAsWorker)
            .value("launcherCreationPolicy", "`startAfter` of the role launcher", MpiJob::creation)
            .text("mainContainer", "chooses the container that becomes the role", JobDraft::mainContainer)
            .dropped("sshAuthMountPath", "workers are reached without ssh, so there are no keys", "")
            .build();

    static final KindRules<Draft> RULES = new KindRules<>(
            "MPIJob",
            List.of("kubeflow.org/v1", "kubeflow.org/v2beta1"),
            "mpi",
            new OperatorContract(List.of("mpi"), "", Optional.empty(), VARIABLES),
            Draft::new,
            SPEC,
            MpiJob::finish);

    static final List<FieldTable<?>> TABLES = List.of(SPEC);

    private MpiJob() {}

    /** What is needed beside the job itself. */
    static final class Draft extends JobDraft {
        private @Nullable ForeignValue slots;
        private boolean waitsForWorkers;

        Draft(ForeignValue source) {
            super(source);
        }
    }

    static void implementation(JobDraft job, ForeignValue value) {
        value.text().ifPresent(word -> {
            String implementation = IMPLEMENTATIONS.get(word);
            if (implementation == null) {
                value.reject(ViolationCode.UNKNOWN_WORD, word, "one of Intel, MPICH, OpenMPI");
            } else if (!implementation.equals("openmpi")) {
                job.options.put("implementation", implementation);
            }
        });
    }

    private static void launcherAsWorker(Draft job, boolean flag) {
        if (flag) {
            job.options.put("runLauncherAsWorker", true);
        }
    }

    private static void creation(Draft job, ForeignValue value) {
        value.text().ifPresent(word -> {
            if (!List.of("AtStartup", "WaitForWorkersReady").contains(word)) {
                value.reject(ViolationCode.UNKNOWN_WORD, word, "AtStartup or WaitForWorkersReady");
            }
            job.waitsForWorkers = word.equals("WaitForWorkersReady");
        });
    }

    private static void finish(Draft job) {
        List<RoleDraft> launcher = job.role("launcher").stream().toList();
        if (job.source.peek("apiVersion").orElse("").equals("kubeflow.org/v2beta1")) {
            // There the launcher is a Job of Kubernetes, which retries whatever its pods' own policy says.
            RestartPolicies.likeKubernetesJob(job);
        } else {
            RestartPolicies.apply(job, launcher, "Never");
        }
        if (job.waitsForWorkers && job.role("worker").isPresent()) {
            launcher.forEach(role -> role.role.startAfter(List.of("worker")));
        }
        int slots =
                Optional.ofNullable(job.slots).flatMap(value -> value.whole(1)).orElse(1);
        if (HorovodRun.apply(job, slots)) {
            return;
        }
        // Said even when it is 1: the launcher's own default is the number of the worker's GPUs.
        job.options.put("slotsPerWorker", (long) slots);
        MpiWorkers.leaveToTheLauncher(job);
    }
}
