package io.mlengine.core.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.document.TrainDocument;
import io.mlengine.core.job.ExitCodes;
import io.mlengine.core.job.ExitCodes.Profile;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.RunPolicy.Cleanup;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.NodeRequirement;
import io.mlengine.spi.model.PodOptions;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Taint;
import io.mlengine.spi.model.Toleration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignJobsTest {
    private static Conversion convert(String text) {
        return ForeignJobs.of("job.yaml", text.getBytes(StandardCharsets.UTF_8)).convert();
    }

    private static ConvertedJob converted(String text) {
        Conversion conversion = convert(text);
        assertThat(conversion.violations()).isEmpty();
        return conversion.jobs().get(0);
    }

    /** A PyTorchJob with one worker. */
    private static String worker(String spec, String replica, String pod, String container) {
        return "apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: mnist, namespace: vision}\n"
                + "spec: {" + spec + "pytorchReplicaSpecs: {Worker: {" + replica + "template: {spec: {" + pod
                + "containers: [{name: pytorch, image: mnist, " + container + "command: [python, train.py]}]}}}}}\n";
    }

    private static Role role(String container) {
        return converted(worker("", "", "", container)).train().roles().get(0);
    }

    private static List<String> problems(String text) {
        return convert(text).violations().stream()
                .map(placed ->
                        placed.violation().code() + " " + placed.violation().path())
                .toList();
    }

    private static List<String> notes(ConvertedJob job) {
        return job.notes().stream().map(ConversionNote::toString).toList();
    }

    @Test
    void runPolicyIsCarriedOver() {
        MLTrain train = converted(worker(
                        "runPolicy: {cleanPodPolicy: All, ttlSecondsAfterFinished: 60, activeDeadlineSeconds: 3600,"
                                + " backoffLimit: 5, suspend: true, schedulingPolicy: {minAvailable: 1, queue: night}}, ",
                        "",
                        "terminationGracePeriodSeconds: 90, ",
                        ""))
                .train();

        assertThat(train.runPolicy().cleanup()).isEqualTo(Cleanup.ALL);
        assertThat(train.runPolicy().ttlAfterFinished()).contains(Duration.ofMinutes(1));
        assertThat(train.runPolicy().activeDeadline()).contains(Duration.ofHours(1));
        assertThat(train.runPolicy().retries().user()).isEqualTo(5);
        assertThat(train.runPolicy().suspend()).isTrue();
        assertThat(train.runPolicy().stopGrace()).isEqualTo(Duration.ofSeconds(90));
        assertThat(train.scheduling().gangMinimum()).hasValue(1);
        assertThat(train.queue()).isEqualTo("night");
        assertThat(train.namespace()).isEqualTo("vision");
    }

    @ParameterizedTest
    @CsvSource({"Never, NONE", "ExitCode, KUBEFLOW", "OnFailure, ANY", "Always, ANY"})
    void restartPolicyBecomesAProfileOfExitCodes(String policy, Profile profile) {
        MLTrain train =
                converted(worker("", "restartPolicy: " + policy + ", ", "", "")).train();

        assertThat(train.runPolicy().exitCodes()).isEqualTo(new ExitCodes(profile, List.of()));
    }

    @Test
    void variablesAndSecretsAreCarriedOverAndWhatPodsKnowIsDropped() {
        ConvertedJob job = converted(worker(
                "",
                "",
                "",
                "env: [{name: A, value: b}, {name: EMPTY}, {name: CUDA_VISIBLE_DEVICES, value: '0'}, {name: RANK, value: '1'},"
                        + " {name: KEY, valueFrom: {secretKeyRef: {name: s, key: k}}},"
                        + " {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}},"
                        + " {name: MAP, valueFrom: {configMapKeyRef: {name: m, key: k}}}], "));

        assertThat(job.train().roles().get(0).env())
                .isEqualTo(Map.of("A", EnvValue.of("b"), "EMPTY", EnvValue.of(""), "KEY", EnvValue.secret("s", "k")));
        assertThat(notes(job))
                .anySatisfy(note -> assertThat(note).contains("env[2]", "sets `CUDA_VISIBLE_DEVICES`"))
                .anySatisfy(note -> assertThat(note).contains("env[3]", "sets `RANK`"))
                .anySatisfy(note -> assertThat(note).contains("env[5].valueFrom.fieldRef", "MLENGINE_REPLICA_INDEX"))
                .anySatisfy(note -> assertThat(note).contains("env[6].valueFrom.configMapKeyRef"));
    }

    @Test
    void referencesToVariablesAreReplacedWhereTheirValueIsKnown() {
        ConvertedJob job = converted(
                worker(
                        "",
                        "",
                        "",
                        "env: [{name: DIR, value: /data}, {name: SET, value: $(DIR)/set}], args: ['--in=$(SET)', '$(OTHER)', '$$(DIR)'], "));

        assertThat(job.train().roles().get(0).args()).containsExactly("--in=/data/set", "$(OTHER)", "$(DIR)");
        assertThat(notes(job))
                .anySatisfy(note -> assertThat(note).startsWith("check").contains("$(NAME)"));
    }

    @ParameterizedTest
    @CsvSource({"'2', 2000", "500m, 500", "0.1, 100", "1e1, 10000", "1500u, 2"})
    void coresAreReadInTheNotationOfKubernetes(String text, long millis) {
        assertThat(role("resources: {limits: {cpu: " + text + "}}, ")
                        .resources()
                        .cpuMillis())
                .isEqualTo(millis);
    }

    @ParameterizedTest
    @CsvSource({"4Gi, 4294967296", "1G, 1000000000", "128974848, 128974848", "129e6, 129000000", "123Mi, 128974848"})
    void sizesAreReadInTheNotationOfKubernetes(String text, long bytes) {
        assertThat(role("resources: {requests: {memory: " + text + "}}, ")
                        .resources()
                        .memoryBytes())
                .isEqualTo(bytes);
    }

    @Test
    void gpusMigInstancesAndOtherDevicesAreTold() {
        assertThat(role("resources: {limits: {nvidia.com/gpu: 2}}, ")
                        .resources()
                        .gpus())
                .contains(GpuRequest.of(2));
        assertThat(role("resources: {limits: {nvidia.com/mig-1g.10gb: 1}}, ")
                        .resources()
                        .gpus())
                .contains(GpuRequest.builder().count(1).migProfile("1g.10gb").build());
        assertThat(role("resources: {limits: {rdma/hca: 1}}, ").resources().extended())
                .containsEntry("rdma/hca", 1L);
        assertThat(converted(worker(
                                "",
                                "",
                                "nodeSelector: {nvidia.com/gpu.product: NVIDIA-A100-SXM4-40GB}, ",
                                "resources: {limits: {nvidia.com/gpu: 1}}, "))
                        .train()
                        .roles()
                        .get(0)
                        .resources()
                        .gpus())
                .contains(GpuRequest.builder().count(1).model("A100-SXM4-40GB").build());
    }

    @Test
    void nodesAreChosenAsInKubernetes() {
        ConvertedJob job = converted(worker(
                "",
                "",
                "nodeSelector: {pool: a100}, tolerations: [{key: gpu, operator: Exists, effect: NoSchedule},"
                        + " {key: old, value: 'yes', tolerationSeconds: 30}],"
                        + " affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms:"
                        + " [{matchExpressions: [{key: zone, operator: In, values: [a, b]}]}]}}, podAffinity: {x: 1}}, ",
                ""));

        assertThat(job.train().roles().get(0).nodes())
                .isEqualTo(NodeConstraints.builder()
                        .selector("pool", "a100")
                        .addTolerations(
                                new Toleration(
                                        "gpu", Toleration.Operator.EXISTS, "", Optional.of(Taint.Effect.NO_SCHEDULE)),
                                new Toleration("old", Toleration.Operator.EQUAL, "yes", Optional.empty()))
                        .addAnyOf(List.of(new NodeRequirement("zone", NodeRequirement.Operator.IN, List.of("a", "b"))))
                        .build());
        assertThat(notes(job))
                .anySatisfy(note -> assertThat(note).startsWith("dropped").contains("tolerations[1].tolerationSeconds"))
                .anySatisfy(note -> assertThat(note).startsWith("dropped").contains("affinity.podAffinity"))
                .anySatisfy(note -> assertThat(note).startsWith("check").contains("nodeSelector.pool"));
    }

    @Test
    void nodesByNameAreNotGuessed() {
        ConvertedJob job = converted(worker(
                "",
                "",
                "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms:"
                        + " [{matchFields: [{key: metadata.name, operator: In, values: [a]}]}]}}}, ",
                ""));

        assertThat(job.train().roles().get(0).nodes()).isEqualTo(NodeConstraints.NONE);
        assertThat(notes(job)).anySatisfy(note -> assertThat(note).contains("nodeSelectorTerms", "by labels alone"));
    }

    @Test
    void podsKeepWhatTheyCarry() {
        ConvertedJob job = converted(worker(
                "",
                "",
                "serviceAccountName: trainer, imagePullSecrets: [{name: registry}], priorityClassName: high,"
                        + " securityContext: {runAsUser: 1, runAsGroup: 2, fsGroup: 3, runAsNonRoot: true, sysctls: [a]},"
                        + " volumes: [{name: shm, emptyDir: {medium: Memory, sizeLimit: 2Gi}}], ",
                "imagePullPolicy: Always, securityContext: {runAsUser: 1000},"
                        + " volumeMounts: [{name: shm, mountPath: /dev/shm}], "));

        assertThat(job.train().roles().get(0).pod())
                .isEqualTo(PodOptions.builder()
                        .serviceAccount("trainer")
                        .addImagePullSecret("registry")
                        .imagePullPolicy(PodOptions.PullPolicy.ALWAYS)
                        .priorityClass("high")
                        .sharedMemoryBytes(2L << 30)
                        .runAsUser(1000)
                        .runAsGroup(2)
                        .fsGroup(3)
                        .runAsNonRoot(true)
                        .build());
        assertThat(notes(job))
                .anySatisfy(note -> assertThat(note).startsWith("dropped").contains("securityContext.sysctls"))
                .noneSatisfy(note -> assertThat(note).contains("volume"));
    }

    @Test
    void sharedMemoryWithoutASizeIsTheMachines() {
        ConvertedJob job = converted(worker(
                "",
                "",
                "volumes: [{name: shm, emptyDir: {medium: Memory}}], ",
                "volumeMounts: [{name: shm, mountPath: /dev/shm}], "));

        assertThat(job.train().roles().get(0).pod()).isEqualTo(PodOptions.NONE);
        assertThat(notes(job)).anySatisfy(note -> assertThat(note).contains("set `pod.sharedMemory`"));
    }

    @Test
    void gitSyncBecomesTheCodeWithoutItsPassword() {
        ConvertedJob job = converted(worker(
                "",
                "",
                "initContainers: [{name: g, image: 'registry.k8s.io/git-sync/git-sync:v4.2.1',"
                        + " args: [--repo=https://ann:hunter2@git.example.com/a.git, --ref, v1],"
                        + " env: [{name: GITSYNC_PASSWORD, valueFrom: {secretKeyRef: {name: git, key: password}}}]},"
                        + " {name: other, image: busybox}], ",
                ""));

        assertThat(job.train().code().orElseThrow().git()).hasValueSatisfying(git -> {
            assertThat(git.repository()).isEqualTo("https://git.example.com/a.git");
            assertThat(git.revision()).isEqualTo("v1");
            assertThat(git.credentials()).contains("git");
        });
        assertThat(TrainDocument.yaml(job.train()) + ConversionText.of(job)).doesNotContain("hunter2");
        assertThat(notes(job))
                .anySatisfy(note -> assertThat(note).startsWith("dropped").contains("initContainers[1]"));
    }

    @Test
    void claimsAndFoldersBecomeInputs() {
        MLTrain train = converted(worker(
                        "",
                        "",
                        "volumes: [{name: 1data, persistentVolumeClaim: {claimName: big, readOnly: true}},"
                                + " {name: host, hostPath: {path: /srv}}, {name: tmp, emptyDir: {}}], ",
                        "volumeMounts: [{name: 1data, mountPath: /data, subPath: set}, {name: host, mountPath: /srv},"
                                + " {name: tmp, mountPath: /tmp}], "))
                .train();

        assertThat(train.inputs())
                .containsExactly(
                        new DataSource("volume-1data", "pvc://big/set", "/data", true),
                        new DataSource("host", "/srv", "/srv", false));
    }

    @Test
    void theContainerThatTrainsBecomesTheRoleAndTheOthersAreTold() {
        ConvertedJob job = converted(
                worker("", "", "", "").replace("containers: [{", "containers: [{name: logs, image: shipper}, {"));

        assertThat(job.train().roles().get(0).image()).contains("mnist");
        assertThat(notes(job))
                .anySatisfy(note -> assertThat(note).startsWith("dropped").contains("containers[0]", "side-car"));
    }

    @Test
    void aRendezvousOfOnesOwnIsCarriedOverAndTheJobsOwnIsTheLaunchers() {
        String elastic =
                "elasticPolicy: {rdzvBackend: etcd, rdzvHost: %s, rdzvPort: 2379, minReplicas: 2, maxReplicas: 4,"
                        + " rdzvConf: [{key: timeout, value: '9'}]}, ";

        MLTrain store = converted(worker(elastic.formatted("etcd-client"), "replicas: 1, ", "", ""))
                .train();
        assertThat(store.frameworkOptions().values())
                .containsEntry("rdzvEndpoint", "etcd-client:2379")
                .containsEntry("rdzvConf", List.of("timeout=9"))
                .containsEntry("mode", "agent");
        assertThat(store.roles().get(0).replicas()).isEqualTo(2);
        assertThat(store.roles().get(0).maxReplicas()).hasValue(4);
        assertThat(converted(worker(elastic.formatted("mnist-worker-0"), "replicas: 2, ", "", ""))
                        .train()
                        .frameworkOptions()
                        .values())
                .containsEntry("masterPort", 2379L)
                .doesNotContainKey("rdzvEndpoint");
    }

    @Test
    void processesOfEachReplicaAreTorchrunsAndNobodyElses() {
        assertThat(converted(worker("nprocPerNode: '4', ", "", "", ""))
                        .train()
                        .frameworkOptions()
                        .values())
                .containsEntry("nprocPerNode", 4L)
                .containsEntry("mode", "agent");
        assertThat(converted(worker("nprocPerNode: auto, ", "", "", ""))
                        .train()
                        .frameworkOptions()
                        .values())
                .isEmpty();
        assertThat(converted(worker("", "", "", "").replace("[python, train.py]", "[sh, -c, 'torchrun train.py']"))
                        .train()
                        .frameworkOptions()
                        .values())
                .containsEntry("mode", "agent");
    }

    @Test
    void tensorFlowRolesAndPoliciesAreCarriedOver() {
        MLTrain train = converted("""
                apiVersion: kubeflow.org/v1
                kind: TFJob
                metadata: {generateName: wide-and-deep-, labels: {team: ads, kueue.x-k8s.io/queue-name: ads}}
                spec:
                  successPolicy: AllWorkers
                  enableDynamicWorker: true
                  tfReplicaSpecs:
                    worker: {replicas: 2, template: &pod {spec: {containers: [{name: tensorflow, image: a, command: [b],
                      ports: [{name: tfjob-port, containerPort: 2223}, {name: metrics, containerPort: 8080}]}]}}}
                    PS: {template: *pod}
                    Chief: {template: *pod}
                    Evaluator: {replicas: 0, template: *pod}
                """).train();

        assertThat(train.name()).isEqualTo("wide-and-deep");
        assertThat(train.queue()).isEqualTo("ads");
        assertThat(train.labels()).isEqualTo(Map.of("team", "ads"));
        assertThat(train.roles()).extracting(Role::name).containsExactly("chief", "ps", "worker");
        assertThat(train.roles().get(2).deciders()).contains(Deciders.ALL);
        assertThat(train.frameworkOptions().values()).isEqualTo(Map.of("port", 2223L, "dynamicWorkers", true));
    }

    @Test
    void theMainContainerAndTheOrderOfAnMpiJobAreCarriedOver() {
        MLTrain train = converted("""
                apiVersion: kubeflow.org/v2beta1
                kind: MPIJob
                metadata: {name: hpl}
                spec:
                  slotsPerWorker: 4
                  runLauncherAsWorker: true
                  launcherCreationPolicy: WaitForWorkersReady
                  mpiReplicaSpecs:
                    Launcher: {template: {spec: {containers: [{name: l, image: a, command: [mpirun, x]}]}}}
                    Worker: {replicas: 3, template: {spec: {containers: [{name: w, image: a}]}}}
                """).train();

        assertThat(train.frameworkOptions().values())
                .isEqualTo(Map.of("slotsPerWorker", 4L, "runLauncherAsWorker", true));
        assertThat(train.roles().get(0).startAfter()).containsExactly("worker");
        assertThat(train.runPolicy().retries().user()).isEqualTo(6);
    }

    @Test
    void aListOfTheServerHoldsDocumentsToo() {
        Conversion conversion = convert("apiVersion: v1\nkind: List\nitems:\n"
                + worker("", "", "", "").indent(4).replaceFirst("    ", "  - ")
                + worker("", "", "", "").replace("mnist", "other").indent(4).replaceFirst("    ", "  - "));

        assertThat(conversion.violations()).isEmpty();
        assertThat(conversion.jobs())
                .extracting(ConvertedJob::source)
                .containsExactly("PyTorchJob/mnist", "PyTorchJob/other");
    }

    @Test
    void anotherEnginesAnchorsEndWithTheirDocument() {
        assertThat(problems("a: &x 1\n---\nb: *x\n")).containsExactly("ML-402 ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "batch.volcano.sh/v1alpha1|Job|not which framework's contract",
                "kubeflow.org/v1|PaddleJob|no launcher for PaddlePaddle",
                "kubeflow.org/v1|MXJob|retired",
                "kubeflow.org/v1|PytorchJob|did you mean `PyTorchJob`?",
                "training.kubedl.io/v1alpha1|XDLJob|KubeDL",
                "batch/v1|Job|follows no framework's contract",
                "mlengine.io/v1|MLTrain|already",
                "example.org/v1|Anything|one of TFJob"
            })
    void otherKindsAreRefusedWithAReason(String version, String kind, String reason) {
        assertThat(convert("apiVersion: " + version + "\nkind: " + kind + "\nmetadata: {name: a}\n")
                        .violations())
                .singleElement()
                .satisfies(placed -> {
                    assertThat(placed.violation().code()).isEqualTo("ML-480");
                    assertThat(placed.violation().advice()).contains(reason);
                });
    }

    @Test
    void anotherVersionIsRefused() {
        assertThat(problems(worker("", "", "", "").replace("kubeflow.org/v1", "kubeflow.org/v1beta2")))
                .containsExactly("ML-480 apiVersion");
    }

    @Test
    void whatTheServerWouldRefuseIsRefusedAtItsPlace() {
        assertThat(problems(worker("", "replicas: two, ", "", "")))
                .containsExactly("ML-420 spec.pytorchReplicaSpecs.Worker.replicas");
        assertThat(problems(worker("", "restartPolicy: Sometimes, ", "", "")))
                .containsExactly("ML-422 spec.pytorchReplicaSpecs.Worker.restartPolicy");
        assertThat(problems(worker("", "", "", "resources: {limits: {cpu: many}}, ")))
                .containsExactly(
                        "ML-421 spec.pytorchReplicaSpecs.Worker.template.spec.containers[0].resources.limits.cpu");
        assertThat(problems(worker("", "", "", "").replace("Worker:", "Boss:")))
                .contains("ML-443 spec.pytorchReplicaSpecs.Boss");
        assertThat(problems(worker("", "", "", "").replace("name: mnist, ", "")))
                .containsExactly("ML-410 ");
        assertThat(problems("kind: TFJob\napiVersion: kubeflow.org/v1\nmetadata: {name: a}\n"))
                .containsExactly("ML-445 ");
        assertThat(problems("""
                apiVersion: trainer.kubeflow.org/v1alpha1
                kind: TrainJob
                metadata: {name: a}
                spec: {runtimeRef: {name: nobody-knows}, trainer: {command: [a]}}
                """)).containsExactly("ML-481 spec.runtimeRef");
    }
}
