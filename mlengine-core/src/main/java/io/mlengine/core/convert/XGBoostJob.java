package io.mlengine.core.convert;

import io.mlengine.core.convert.KindRules.OperatorContract;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** XGBoostJob of the training operator, which also runs LightGBM. */
final class XGBoostJob {
    static final List<String> TRACKER_VARIABLES =
            List.of("DMLC_TRACKER_URI", "DMLC_TRACKER_PORT", "DMLC_TASK_ID", "DMLC_NUM_WORKER");

    private static final FieldTable<JobDraft> SPEC = FieldTable.<JobDraft>named("XGBoostJob spec")
            .value(
                    "xgbReplicaSpecs",
                    "`roles`: Master is master, Worker is worker; see replica spec",
                    (job, specs) -> ReplicaTable.read(job, specs, List.of("master", "worker")))
            .object("runPolicy", RunPolicyTable.TABLE, job -> job)
            .build();

    static final KindRules<JobDraft> RULES = new KindRules<>(
            "XGBoostJob",
            List.of("kubeflow.org/v1"),
            "xgboost",
            new OperatorContract(
                    List.of("xgboost"),
                    "xgboostjob-port",
                    Optional.of("masterPort"),
                    Stream.concat(
                                    Stream.of(
                                            "MASTER_ADDR",
                                            "MASTER_PORT",
                                            "WORLD_SIZE",
                                            "RANK",
                                            "WORKER_PORT",
                                            "WORKER_ADDRS"),
                                    TRACKER_VARIABLES.stream())
                            .toList()),
            JobDraft::new,
            SPEC,
            XGBoostJob::finish);

    static final List<FieldTable<?>> TABLES = List.of(SPEC);

    private XGBoostJob() {}

    private static void finish(JobDraft job) {
        RestartPolicies.apply(job, "Never");
        // Programs for this kind start the tracker in rank 0 themselves; a second one would wait for nobody.
        job.options.put("tracker", "rank0");
        job.source.check(
                "the program of rank 0 starts the tracker, as it does in Kubeflow (`tracker: rank0`)",
                "use XGBoost 2.1 or later: workers of older versions speak another protocol");
    }
}
