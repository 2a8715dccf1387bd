package io.mlengine.core.convert;

import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.convert.KindRules.OperatorContract;
import io.mlengine.spi.model.Deciders;
import java.util.List;
import java.util.Optional;

/** TFJob of the training operator. */
final class TensorFlowJob {
    private static final FieldTable<JobDraft> SPEC = FieldTable.<JobDraft>named("TFJob spec")
            .value(
                    "tfReplicaSpecs",
                    "`roles`: Chief, Master, Worker, PS and Evaluator in lower case; see replica spec",
                    (job, specs) ->
                            ReplicaTable.read(job, specs, List.of("chief", "master", "ps", "worker", "evaluator")))
            .object("runPolicy", RunPolicyTable.TABLE, job -> job)
            .value(
                    "successPolicy",
                    "`deciders: all` of the role worker for AllWorkers; else the launcher's default, which is the same",
                    TensorFlowJob::successPolicy)
            .value("enableDynamicWorker", "option `dynamicWorkers`", TensorFlowJob::dynamicWorkers)
            .build();

    static final KindRules<JobDraft> RULES = new KindRules<>(
            "TFJob",
            List.of("kubeflow.org/v1"),
            "tensorflow",
            new OperatorContract(List.of("tensorflow"), "tfjob-port", Optional.of("port"), List.of("TF_CONFIG")),
            JobDraft::new,
            SPEC,
            job -> {
                RestartPolicies.apply(job, "Never");
                job.role("worker")
                        .filter(worker -> job.isDecidedByAllWorkers)
                        .ifPresent(worker -> worker.role.deciders(Deciders.ALL));
            });

    static final List<FieldTable<?>> TABLES = List.of(SPEC);

    private TensorFlowJob() {}

    private static void successPolicy(JobDraft job, ForeignValue value) {
        value.text().ifPresent(word -> {
            if (word.equals("AllWorkers")) {
                job.isDecidedByAllWorkers = true;
            } else if (!word.isEmpty()) {
                value.reject(ViolationCode.UNKNOWN_WORD, word, "AllWorkers, or an empty text");
            }
        });
    }

    private static void dynamicWorkers(JobDraft job, ForeignValue value) {
        if (value.flag().orElse(false)) {
            job.options.put("dynamicWorkers", true);
            value.check(
                    "workers may come and go when the role worker is elastic",
                    "set `minReplicas` and `maxReplicas` of the role worker");
        }
    }
}
