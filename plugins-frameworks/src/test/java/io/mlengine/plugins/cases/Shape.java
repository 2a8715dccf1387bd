package io.mlengine.plugins.cases;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * A kind of case.
 *
 * @param name what it is about
 * @param fits recognises it by what it holds, never by its id
 * @param tests the tests that a case of this kind becomes
 */
record Shape(String name, Predicate<JobCase> fits, Tests tests) {
    /** Makes the tests of a case. */
    interface Tests {
        Stream<DynamicTest> of(JobCase data) throws Exception;
    }

    /** Checks one thing. */
    interface Check<T> {
        void check(T data) throws Exception;
    }

    /** All kinds that are known. */
    static final List<Shape> ALL = List.of(
            whole(
                    "PyTorchJob: variables",
                    data -> isOf(data, "kubeflow-v1-pytorchjob")
                            && expects(data, "env", "env_absent", "env_by_pod", "env_by_pod_anchor"),
                    PyTorchJobCases::variables),
            whole(
                    "PyTorchJob: who waits for the master",
                    data -> isOf(data, "kubeflow-v1-pytorchjob") && expects(data, "worker_init_containers"),
                    PyTorchJobCases::waiting),
            whole("TFJob: TF_CONFIG", TensorFlowJobCases::isAboutVariables, TensorFlowJobCases::variables),
            whole(
                    "TFJob: properties",
                    data -> isKind(data, "TFJob") && expects(data, "properties"),
                    TensorFlowJobCases::properties),
            whole(
                    "TFJob: phase",
                    data -> isKind(data, "TFJob") && has(data, "replica_pods"),
                    TensorFlowStatusCase::check),
            whole(
                    "XGBoostJob: variables",
                    data -> isKind(data, "XGBoostJob") && expects(data, "env", "env_by_pod"),
                    XGBoostCases::variables),
            whole("XGBoost: handshake with the tracker", data -> has(data, "worker_messages"), XGBoostCases::handshake),
            whole("TrainJob: PyTorch", data -> isTrainJobWith(data, "PET_"), TrainJobCases::torch),
            whole("TrainJob: XGBoost", data -> isTrainJobWith(data, "DMLC_"), TrainJobCases::xgboost),
            whole("TrainJob: JAX", data -> isTrainJobWith(data, "JAX_"), TrainJobCases::jax),
            whole("TrainJob: MPI", data -> expects(data, "launcher_env"), MpiCases::trainer),
            whole("MPIJob: host file", data -> has(data, "mpiImplementation", "workers"), MpiCases::hostFile),
            whole("Horovod: slots", data -> has(data, "hosts", "np"), HorovodCases::slots),
            whole("Horovod: key-value server", data -> has(data, "http"), HorovodCases::keyValueServer),
            whole("reserved variables", data -> has(data, "trainer.env_reserved"), ReservedVariables::check),
            whole(
                    "Volcano: which policy wins",
                    data -> has(data, "task_policy", "job_policy"),
                    VolcanoCases::precedence),
            rows("Volcano: restarting", data -> data.hasRowsWith("retryCount", "maxRetry"), VolcanoCases::restarting),
            rows("Volcano: finishing", data -> data.hasRowsWith("minAvailable", "total"), VolcanoCases::finishing),
            rows(
                    "TFJob: time to live",
                    data -> data.hasRowsWith("ttlSecondsAfterFinished", "completionTime"),
                    CleanupCases::timeToLive),
            rows("TFJob: cleanPodPolicy", data -> data.hasRowsWith("cleanPodPolicy"), CleanupCases::cleanPodPolicy),
            new Shape("prose", data -> data.hasRowsWith("case", "expect"), ProseRows::tests));

    static Shape whole(String name, Predicate<JobCase> fits, Check<JobCase> check) {
        return new Shape(name, fits, data -> Stream.of(DynamicTest.dynamicTest(data.id(), () -> check.check(data))));
    }

    static Shape rows(String name, Predicate<JobCase> fits, Check<JsonNode> check) {
        return new Shape(name, fits, data -> {
            List<JsonNode> rows = data.rows();
            return IntStream.range(0, rows.size())
                    .mapToObj(number -> DynamicTest.dynamicTest(
                            data.id() + " row " + (number + 1) + " " + rows.get(number),
                            () -> check.check(rows.get(number))));
        });
    }

    private static boolean isOf(JobCase data, String anchor) {
        return data.anchor().equals(anchor);
    }

    private static boolean isKind(JobCase data, String kind) {
        return data.input().path("kind").asText().equals(kind);
    }

    private static boolean has(JobCase data, String... fields) {
        return Stream.of(fields).allMatch(data.input()::has);
    }

    private static boolean expects(JobCase data, String... oneOf) {
        return Stream.of(oneOf).anyMatch(data.expect()::has);
    }

    private static boolean isTrainJobWith(JobCase data, String prefix) {
        return isOf(data, "kubeflow-trainer-v2")
                && data.input().has("job")
                && data.expect().path("env").properties().stream()
                        .anyMatch(variable -> variable.getKey().startsWith(prefix));
    }
}
