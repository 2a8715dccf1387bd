package io.mlengine.core.convert;

import io.mlengine.core.convert.KindRules.OperatorContract;
import java.util.List;
import java.util.Optional;

/** JAXJob of the training operator. */
final class JaxJob {
    static final List<String> VARIABLES = List.of(
            "JAX_COORDINATOR_ADDRESS",
            "JAX_NUM_PROCESSES",
            "JAX_PROCESS_ID",
            "COORDINATOR_ADDRESS",
            "COORDINATOR_PORT",
            "NUM_PROCESSES",
            "PROCESS_ID");

    private static final FieldTable<JobDraft> SPEC = FieldTable.<JobDraft>named("JAXJob spec")
            .value(
                    "jaxReplicaSpecs",
                    "`roles`: Worker is worker; see replica spec",
                    (job, specs) -> ReplicaTable.read(job, specs, List.of("worker")))
            .object("runPolicy", RunPolicyTable.TABLE, job -> job)
            .build();

    static final KindRules<JobDraft> RULES = new KindRules<>(
            "JAXJob",
            List.of("kubeflow.org/v1"),
            "jax",
            new OperatorContract(List.of("jax"), "jaxjob-port", Optional.of("coordinatorPort"), VARIABLES),
            JobDraft::new,
            SPEC,
            job -> RestartPolicies.apply(job, "OnFailure"));

    static final List<FieldTable<?>> TABLES = List.of(SPEC);

    private JaxJob() {}
}
