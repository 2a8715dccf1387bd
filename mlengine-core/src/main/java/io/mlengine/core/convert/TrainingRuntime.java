package io.mlengine.core.convert;

import io.mlengine.core.admission.ViolationCode;
import java.util.List;
import java.util.Set;

/** TrainingRuntime and ClusterTrainingRuntime of trainer v2: what the platform's people prepared for TrainJobs. */
final class TrainingRuntime {
    static final String VERSION = "trainer.kubeflow.org/v1alpha1";
    static final Set<String> KINDS = Set.of("ClusterTrainingRuntime", "TrainingRuntime");

    private static final FieldTable<TrainJobDraft> TORCH_ELASTIC = FieldTable.<TrainJobDraft>named(
                    "torch elasticPolicy")
            .value("minNodes", "`minReplicas` of the role worker", (job, value) -> job.least = value)
            .value("maxNodes", "`maxReplicas` of the role worker", (job, value) -> job.most = value)
            .whole("maxRestarts", "option `maxRestarts`", 0, (job, n) -> job.options.put("maxRestarts", (long) n))
            .dropped("metrics", "nothing changes a job's size by itself", "`mlengine resize` does it by hand")
            .build();

    private static final FieldTable<TrainJobDraft> TORCH = FieldTable.<TrainJobDraft>named("torch policy")
            .value("numProcPerNode", "option `nprocPerNode`", (job, value) -> job.processes = value)
            .object("elasticPolicy", TORCH_ELASTIC, job -> {
                job.isElastic = true;
                return job;
            })
            .build();

    private static final FieldTable<TrainJobDraft> MPI = FieldTable.<TrainJobDraft>named("mpi policy")
            .value("numProcPerNode", "option `slotsPerWorker`", (job, value) -> job.processes = value)
            .value("mpiImplementation", "option `implementation`", MpiJob::implementation)
            .flag("runLauncherAsNode", "option `runLauncherAsWorker`", (job, flag) -> job.runsLauncherAsNode = flag)
            .dropped("sshAuthMountPath", "workers are reached without ssh, so there are no keys", "")
            .build();

    private static final FieldTable<TrainJobDraft> POLICY = FieldTable.<TrainJobDraft>named("mlPolicy")
            .value("numNodes", "`replicas` of the role worker", TrainJobDraft::nodesOfRuntime)
            .object("torch", TORCH, job -> job.launchedBy(Launcher.TORCH))
            .object("mpi", MPI, job -> job.launchedBy(Launcher.MPI))
            .object("jax", FieldTable.<TrainJobDraft>named("jax policy").build(), job -> job.launchedBy(Launcher.JAX))
            .object(
                    "xgboost",
                    FieldTable.<TrainJobDraft>named("xgboost policy").build(),
                    job -> job.launchedBy(Launcher.XGBOOST))
            .dropped("flux", "there is no launcher for Flux", "the job becomes one of the framework command")
            .build();

    private static final FieldTable<TrainJobDraft> FAILURE = FieldTable.<TrainJobDraft>named("JobSet failurePolicy")
            .value("maxRestarts", "`runPolicy.retries.user`", JobDraft::backoffLimit)
            .dropped("rules", "exit codes are judged for the whole job", "set `runPolicy.exitCodes`")
            .dropped("restartStrategy", "all replicas of an attempt are gone before the next begins", "")
            .build();

    private static final FieldTable<TrainJobDraft> JOB_SET = FieldTable.<TrainJobDraft>named("JobSet spec")
            .value("replicatedJobs", "`roles`, see replicated job", TrainJobDraft::steps)
            .object("failurePolicy", FAILURE, job -> job)
            .dropped("successPolicy", "the launcher of the framework knows who decides, which is the same", "")
            .dropped("startupPolicy", "the launcher of the framework knows the order", "set `startAfter` of a role")
            .dropped("network", "the launcher tells each replica the addresses of the others", "")
            .dropped("coordinator", "the launcher tells each replica the addresses of the others", "")
            .dropped(List.of("suspend", "managedBy"), "the job itself says it", "")
            .dropped("ttlSecondsAfterFinished", "the job itself says it", "set `runPolicy.ttlAfterFinished`")
            .build();

    /** The template of a runtime, and of a patch of it. */
    static final FieldTable<TrainJobDraft> TEMPLATE = FieldTable.<TrainJobDraft>named("JobSet template")
            .dropped("metadata", "there is no JobSet", "put what you search by into `metadata.labels` of the job")
            .object("spec", JOB_SET, job -> job)
            .build();

    private static final FieldTable<TrainJobDraft> SPEC = FieldTable.<TrainJobDraft>named("runtime spec")
            .object("mlPolicy", POLICY, job -> job)
            .dropped(
                    "podGroupPolicy",
                    "the replicas of a job always start together",
                    "set `scheduling.topology` to stay together")
            .object("template", TEMPLATE, job -> job)
            .build();

    static final FieldTable<TrainJobDraft> DOCUMENT = FieldTable.<TrainJobDraft>named("runtime document")
            .value("apiVersion", VERSION, TrainingRuntime::version)
            .value("kind", "", (job, value) -> {})
            .value("metadata", "nothing: it describes the runtime", (job, value) -> {})
            .object("spec", SPEC, job -> job)
            .dropped("status", "written by the server", "")
            .build();

    static final List<FieldTable<?>> TABLES = List.of(SPEC, POLICY, TORCH, TORCH_ELASTIC, MPI, JOB_SET, FAILURE);

    /** Which part of the trainer starts the processes. */
    enum Launcher {
        TORCH("pytorch"),
        MPI("mpi"),
        JAX("jax"),
        XGBOOST("xgboost"),
        NONE("command");

        private final String framework;

        Launcher(String framework) {
            this.framework = framework;
        }

        String framework() {
            return framework;
        }
    }

    private TrainingRuntime() {}

    private static void version(TrainJobDraft job, ForeignValue value) {
        if (!value.peekText().equals(VERSION)) {
            value.reject(ViolationCode.NOT_CONVERTIBLE, value.peekText(), "known for runtimes: " + VERSION);
        }
    }
}
