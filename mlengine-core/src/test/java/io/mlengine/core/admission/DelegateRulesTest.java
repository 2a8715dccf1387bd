package io.mlengine.core.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.document.FakeLauncher;
import io.mlengine.core.document.TrainDocument;
import io.mlengine.core.job.BackOff;
import io.mlengine.core.job.Delegate;
import io.mlengine.core.job.DelegateKind;
import io.mlengine.core.job.ExitCodes;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.core.job.SuccessPolicy;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.OptionSchema.Option;
import io.mlengine.spi.framework.OptionSchema.Type;
import io.mlengine.spi.model.Artifact;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.JobEnvironment;
import io.mlengine.spi.model.PythonEnvironment;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What a job may say that another controller is to run: what is lost there is refused here. */
class DelegateRulesTest {
    private static final Admission ADMISSION = new Admission(Frameworks.of(List.of(
            framework("pytorch", "nprocPerNode", "rdzvId", "tracker"),
            framework("tensorflow"),
            framework("mpi", "slotsPerWorker", "implementation"),
            framework("xgboost", "tracker"))));

    private static FrameworkLauncher framework(String name, String... options) {
        List<Option> known = Stream.of(options)
                .map(option -> Option.of(option, Type.TEXT, "An option.").build())
                .toList();
        return new FakeLauncher(FrameworkName.of(name), OptionSchema.of(known.toArray(Option[]::new)));
    }

    private static Role.Builder role(String name) {
        return Role.named(name).image("registry.example.com/train:1").command("python", "train.py");
    }

    private static MLTrain.Builder pytorch() {
        return MLTrain.named("mnist")
                .framework("pytorch")
                .delegate(new Delegate(DelegateKind.PYTORCH_JOB, DelegateKind.USUAL_VERSION))
                .addRole(role("master").build())
                .addRole(role("worker").replicas(2).build());
    }

    private static MLTrain.Builder mpi(String version) {
        return MLTrain.named("ring")
                .framework("mpi")
                .delegate(new Delegate(DelegateKind.MPI_JOB, version))
                .addRole(role("launcher").build())
                .addRole(role("worker").replicas(2).build());
    }

    private static List<String> problems(MLTrain.Builder train) {
        return ADMISSION.check(train.build()).stream()
                .map(violation -> violation.code() + " " + violation.path())
                .toList();
    }

    @Test
    void whatTheKindCanSayIsAccepted() {
        assertThat(problems(pytorch()
                        .queue("research")
                        .preemptible(false)
                        .runPolicy(RunPolicy.builder()
                                .activeDeadline(Duration.ofHours(2))
                                .ttlAfterFinished(Duration.ofDays(1))
                                .suspend(true)
                                .stopGrace(Duration.ofMinutes(2))
                                .build())
                        .scheduling(SchedulingWishes.builder().gangMinimum(2).build())
                        .inputs(List.of(new DataSource("data", "pvc://mnist/train", "/data", true)))))
                .isEmpty();
    }

    @Test
    void theFrameworksDefaultsAreNotFilledIn() {
        MLTrain train = pytorch().build();

        assertThat(ADMISSION.admit(train).train()).isEqualTo(train);
    }

    @Test
    void theKindMustFitTheFramework() {
        Violation found =
                ADMISSION.check(pytorch().framework("tensorflow").build()).get(0);

        assertThat(found.code()).isEqualTo("ML-431");
        assertThat(found.path()).isEqualTo("spec.delegate.kind");
        assertThat(found.advice()).isEqualTo("a PyTorchJob runs the framework pytorch, and this job's is tensorflow");
    }

    @Test
    void onlyMpiHasTheOtherVersion() {
        assertThat(problems(pytorch().delegate(new Delegate(DelegateKind.PYTORCH_JOB, DelegateKind.MPI_V2))))
                .containsExactly("ML-422 spec.delegate.apiVersion");
        assertThat(problems(mpi(DelegateKind.USUAL_VERSION))).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> whatWouldBeLostIsRefused() {
        RunPolicy.Builder policy = RunPolicy.builder();
        Map<String, MLTrain.Builder> lost = Map.ofEntries(
                Map.entry("spec.code", pytorch().code(CodeSource.folder("."))),
                Map.entry("spec.outputs", pytorch().outputs(List.of(new Artifact("model", "model.pt")))),
                Map.entry(
                        "spec.environment.python",
                        pytorch()
                                .environment(JobEnvironment.builder()
                                        .python(PythonEnvironment.builder().build())
                                        .build())),
                Map.entry(
                        "spec.environment.volumeClaim",
                        pytorch()
                                .environment(JobEnvironment.builder()
                                        .volumeClaim("mnist")
                                        .build())),
                Map.entry("spec.priority", pytorch().priority(7)),
                Map.entry(
                        "spec.runPolicy.retries.preemption",
                        pytorch()
                                .runPolicy(policy.retries(new Retries(3, 3, OptionalInt.of(1)))
                                        .build())),
                Map.entry(
                        "spec.runPolicy.exitCodes",
                        pytorch()
                                .runPolicy(RunPolicy.builder()
                                        .exitCodes(new ExitCodes(ExitCodes.Profile.KUBEDL, List.of()))
                                        .build())),
                Map.entry(
                        "spec.runPolicy.backOff",
                        pytorch()
                                .runPolicy(RunPolicy.builder()
                                        .backOff(new BackOff(
                                                Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofHours(1)))
                                        .build())),
                Map.entry(
                        "spec.runPolicy.startTimeout",
                        pytorch()
                                .runPolicy(RunPolicy.builder()
                                        .startTimeout(Duration.ofMinutes(1))
                                        .build())),
                Map.entry(
                        "spec.runPolicy.progressTimeout",
                        pytorch()
                                .runPolicy(RunPolicy.builder()
                                        .progressTimeout(Duration.ofMinutes(1))
                                        .build())),
                Map.entry(
                        "spec.scheduling.topology",
                        pytorch()
                                .scheduling(SchedulingWishes.builder()
                                        .topology(new SchedulingWishes.Topology("node", true))
                                        .build())),
                Map.entry(
                        "spec.scheduling.runTime",
                        pytorch()
                                .scheduling(SchedulingWishes.builder()
                                        .runTime(Duration.ofHours(1))
                                        .build())),
                Map.entry("spec.success.rule", pytorch().success(SuccessPolicy.ALL)),
                Map.entry(
                        "spec.success.minSucceeded",
                        pytorch().success(new SuccessPolicy(SuccessPolicy.Rule.DECIDERS, OptionalInt.of(1)))),
                Map.entry(
                        "spec.inputs[0].source",
                        pytorch().inputs(List.of(new DataSource("data", "/data", "/data", true)))),
                Map.entry(
                        "spec.inputs[0].path",
                        pytorch().inputs(List.of(new DataSource("data", "pvc://mnist", "", true)))),
                Map.entry(
                        "spec.frameworkOptions.rdzvId",
                        pytorch().frameworkOptions(FrameworkOptions.of(Map.of("rdzvId", "7")))),
                Map.entry(
                        "spec.frameworkOptions.tracker",
                        pytorch().frameworkOptions(FrameworkOptions.of(Map.of("tracker", "x")))));
        return lost.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(one -> DynamicTest.dynamicTest(
                        one.getKey(),
                        () -> assertThat(problems(one.getValue())).containsExactly("ML-434 " + one.getKey())));
    }

    @TestFactory
    Stream<DynamicTest> whatARoleLosesIsRefused() {
        Map<String, Role.Builder> lost = Map.of(
                "ML-434 spec.roles[1].restartScope", role("worker").restartScope(RestartScope.GROUP),
                "ML-434 spec.roles[1].deciders", role("worker").deciders(Deciders.ALL),
                "ML-434 spec.roles[1].critical", role("worker").critical(false),
                "ML-434 spec.roles[1].tracked", role("worker").tracked(false),
                "ML-434 spec.roles[1].startAfter", role("worker").startAfter(List.of("master")),
                "ML-443 spec.roles[1].name", role("chief"),
                "ML-410 spec.roles[1].image", Role.named("worker").command("python"),
                "ML-462 spec.roles[1].workingDirectory", role("worker").workingDirectory("src"),
                "ML-434 spec.roles[1].resources.gpus.model",
                        role("worker")
                                .resources(Resources.builder()
                                        .gpus(GpuRequest.builder()
                                                .count(1)
                                                .model("A100")
                                                .build())
                                        .build()),
                "ML-434 spec.roles[1].resources.gpus.optional",
                        role("worker")
                                .resources(Resources.builder()
                                        .gpus(GpuRequest.builder()
                                                .count(1)
                                                .optional(true)
                                                .build())
                                        .build()));
        return lost.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(one -> DynamicTest.dynamicTest(
                        one.getKey(),
                        () -> assertThat(problems(pytorch()
                                        .roles(List.of(
                                                role("master").build(),
                                                one.getValue().build()))))
                                .containsExactly(one.getKey())));
    }

    @Test
    void thereIsOneMaster() {
        assertThat(problems(pytorch().roles(List.of(role("master").replicas(2).build()))))
                .containsExactly("ML-434 spec.roles[0].replicas");
        assertThat(problems(pytorch().roles(List.of(role("worker").replicas(2).build()))))
                .containsExactly("ML-434 spec.roles");
        assertThat(problems(pytorch()
                        .roles(List.of(role("worker").replicas(2).minReplicas(1).build()))))
                .isEmpty();
    }

    @Test
    void elasticWorkersMayHaveARendezvous() {
        assertThat(problems(pytorch()
                        .frameworkOptions(FrameworkOptions.of(Map.of("rdzvId", "7")))
                        .roles(List.of(role("worker").replicas(2).minReplicas(1).build()))))
                .isEmpty();
    }

    @Test
    void aLauncherMayWaitForItsWorkersWhereThereIsAWordForIt() {
        List<Role> roles = List.of(
                role("launcher").startAfter(List.of("worker")).build(),
                role("worker").build());
        RunPolicy any = RunPolicy.builder()
                .exitCodes(new ExitCodes(ExitCodes.Profile.ANY, List.of()))
                .build();

        assertThat(problems(mpi(DelegateKind.USUAL_VERSION).roles(roles)))
                .containsExactly("ML-434 spec.roles[0].startAfter");
        assertThat(problems(mpi(DelegateKind.MPI_V2).roles(roles).runPolicy(any)))
                .isEmpty();
    }

    @Test
    void aLauncherThatIsAJobOfKubernetesDoesNotLookAtExitCodes() {
        RunPolicy once = RunPolicy.builder()
                .retries(new Retries(0, 3, OptionalInt.empty()))
                .build();

        assertThat(problems(mpi(DelegateKind.MPI_V2))).containsExactly("ML-434 spec.runPolicy.exitCodes");
        assertThat(problems(mpi(DelegateKind.MPI_V2).runPolicy(once))).isEmpty();
    }

    @Test
    void theDocumentHasIt() {
        MLTrain train = pytorch().build();
        String text = TrainDocument.yaml(train);

        assertThat(text).contains("delegate:\n    kind: PyTorchJob\n");
        assertThat(TrainDocument.parse("job.yaml", text).read().train()).contains(train);
        assertThat(TrainDocument.parse("job.yaml", text.replace("PyTorchJob", "PaddleJob"))
                        .read()
                        .violations())
                .singleElement()
                .satisfies(found -> assertThat(found.violation().path()).isEqualTo("spec.delegate.kind"));
    }
}
