package io.mlengine.core.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.document.FakeLauncher;
import io.mlengine.core.job.BackOff;
import io.mlengine.core.job.ExitCodes;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.core.job.SuccessPolicy;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.model.Artifact;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
    private static MLTrain.Builder job(Role... roles) {
        return MLTrain.named("mnist").framework("pytorch").roles(List.of(roles));
    }

    private static Role.Builder worker() {
        return Role.named("worker").command("python");
    }

    private static List<String> problems(MLTrain.Builder job) {
        return FakeLauncher.ADMISSION.check(job.build()).stream()
                .map(violation -> violation.code() + " " + violation.path())
                .toList();
    }

    private static List<String> problems(Role.Builder role) {
        return problems(job(role.build()));
    }

    @Test
    void aPlainJobIsAccepted() {
        assertThat(problems(worker())).isEmpty();
    }

    @Test
    void whatTheFrameworkLeavesOutGetsCoresDefault() {
        Role role = FakeLauncher.ADMISSION
                .admit(job(worker().build()).build())
                .train()
                .roles()
                .get(0);
        assertThat(role.restartScope()).contains(RestartScope.GROUP);
        assertThat(role.deciders()).contains(Deciders.NONE);
    }

    @Test
    void theFrameworksDefaultsAndRulesTakePart() {
        FrameworkLauncher launcher = new FrameworkLauncher() {
            @Override
            public FrameworkName name() {
                return FrameworkName.of("pytorch");
            }

            @Override
            public JobShape defaults(JobShape job) {
                return JobShape.builder()
                        .from(job)
                        .addRole(Role.named("tracker")
                                .command("track")
                                .deciders(Deciders.FIRST)
                                .build())
                        .build();
            }

            @Override
            public List<Violation> validate(JobShape job) {
                return List.of(Violation.of(
                        "spec.roles[1]", "PT-1", "there are " + job.roles().size()));
            }

            @Override
            public LaunchPlan plan(ClusterView view) {
                throw new IllegalStateException("plans nothing");
            }
        };
        AdmissionResult result = new Admission(Frameworks.of(List.of(launcher)))
                .admit(job(worker().build()).build());
        assertThat(result.train().roles()).extracting(Role::name).containsExactly("worker", "tracker");
        assertThat(result.train().roles().get(1).deciders()).contains(Deciders.FIRST);
        assertThat(result.violations()).extracting(Violation::message).containsExactly("there are 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1a", "a.b", "A", "a-", "-a", "a_b"})
    void namesAreLabelsThatBeginWithALetter(String name) {
        assertThat(problems(job(worker().build()).name(name))).containsExactly("ML-440 metadata.name");
    }

    @Test
    void namesLeaveRoomForAttemptAndRestart() {
        assertThat(problems(job(worker().build()).name("a".repeat(45)))).isEmpty();
        assertThat(problems(job(worker().build()).name("a".repeat(46)))).containsExactly("ML-441 metadata.name");
        assertThat(problems(job(worker().replicas(11).build()).name("a".repeat(45))))
                .containsExactly("ML-441 metadata.name");
        assertThat(problems(job(worker().build()).name("a".repeat(64)))).containsExactly("ML-441 metadata.name");
    }

    @Test
    void sizesOfARoleFitTogether() {
        assertThat(problems(worker().replicas(0))).containsExactly("ML-430 spec.roles[0].replicas");
        assertThat(problems(worker().replicas(2).minReplicas(3))).containsExactly("ML-431 spec.roles[0].minReplicas");
        assertThat(problems(worker().replicas(2).maxReplicas(1))).containsExactly("ML-431 spec.roles[0].maxReplicas");
        assertThat(problems(worker().replicas(2).minReplicas(1).maxReplicas(4))).isEmpty();
    }

    @Test
    void rolesExistAreDistinctAndOneIsTracked() {
        assertThat(problems(job())).containsExactly("ML-445 spec.roles");
        assertThat(problems(job(worker().build(), worker().build()))).containsExactly("ML-442 spec.roles[1].name");
        assertThat(problems(worker().tracked(false))).containsExactly("ML-446 spec.roles");
        assertThat(problems(Role.named("worker"))).containsExactly("ML-447 spec.roles[0].command");
        assertThat(problems(Role.named("worker").image("x"))).isEmpty();
    }

    @Test
    void startOrderHasNoCycleAndNoStranger() {
        Role a = worker().name("a").startAfter(List.of("b")).build();
        Role b = worker().name("b").startAfter(List.of("c")).build();
        Role c = worker().name("c").startAfter(List.of("a")).build();
        assertThat(problems(job(a, b, c))).containsExactly("ML-444 spec.roles[0].startAfter");
        assertThat(problems(worker().startAfter(List.of("worker")))).containsExactly("ML-444 spec.roles[0].startAfter");
        assertThat(problems(worker().startAfter(List.of("wrker"))))
                .containsExactly("ML-443 spec.roles[0].startAfter[0]");
    }

    @Test
    void gangAndSuccessFitTheNumberOfReplicas() {
        for (int gang : new int[] {0, -1}) {
            assertThat(problems(job(worker().build())
                            .scheduling(
                                    SchedulingWishes.builder().gangMinimum(gang).build())))
                    .containsExactly("ML-430 spec.scheduling.gangMinimum");
        }
        assertThat(problems(job(worker().build())
                        .scheduling(SchedulingWishes.builder().gangMinimum(2).build())))
                .containsExactly("ML-432 spec.scheduling.gangMinimum");
        assertThat(problems(
                        job(worker().build()).success(new SuccessPolicy(SuccessPolicy.Rule.ALL, OptionalInt.of(2)))))
                .containsExactly("ML-432 spec.success.minSucceeded");
    }

    @Test
    void policiesHaveBounds() {
        RunPolicy policy = RunPolicy.builder()
                .retries(new Retries(-1, 101, OptionalInt.of(-2)))
                .exitCodes(new ExitCodes(
                        ExitCodes.Profile.CUSTOM, List.of(new ExitCodes.Range(0, 1), new ExitCodes.Range(5, 4))))
                .backOff(new BackOff(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ZERO))
                .activeDeadline(Duration.ZERO)
                .startTimeout(Duration.ZERO)
                .progressTimeout(Duration.ofSeconds(-1))
                .ttlAfterFinished(Duration.ofSeconds(-1))
                .stopGrace(Duration.ofSeconds(-1))
                .build();
        assertThat(problems(job(worker().build()).runPolicy(policy)))
                .containsExactly(
                        "ML-430 spec.runPolicy.retries.user",
                        "ML-430 spec.runPolicy.retries.infrastructure",
                        "ML-430 spec.runPolicy.retries.preemption",
                        "ML-430 spec.runPolicy.exitCodes.retryable[0]",
                        "ML-430 spec.runPolicy.exitCodes.retryable[1]",
                        "ML-430 spec.runPolicy.backOff.resetAfter",
                        "ML-431 spec.runPolicy.backOff.max",
                        "ML-430 spec.runPolicy.activeDeadline",
                        "ML-430 spec.runPolicy.startTimeout",
                        "ML-430 spec.runPolicy.progressTimeout",
                        "ML-430 spec.runPolicy.ttlAfterFinished",
                        "ML-430 spec.runPolicy.stopGrace");
    }

    @Test
    void eachReservedVariableIsRefused() {
        assertThat(problems(worker().env("PET_NNODES", "1")
                        .env("RANK", "0")
                        .env("MLENGINE_X", "1")
                        .env("1A", "")
                        .env("CUDA_VISIBLE_DEVICES", "0")
                        .env("NVIDIA_VISIBLE_DEVICES", "0")
                        .env("RANKS", "fine")))
                .containsExactly(
                        "ML-450 spec.roles[0].env[\"1A\"]",
                        "ML-451 spec.roles[0].env.CUDA_VISIBLE_DEVICES",
                        "ML-451 spec.roles[0].env.MLENGINE_X",
                        "ML-451 spec.roles[0].env.NVIDIA_VISIBLE_DEVICES",
                        "ML-451 spec.roles[0].env.PET_NNODES",
                        "ML-451 spec.roles[0].env.RANK");
    }

    @Test
    void resourcesArePositiveAndMigSaysItsMemoryItself() {
        assertThat(problems(worker().resources(
                                Resources.builder().cpuMillis(-1).gpus(0).build())))
                .containsExactly("ML-430 spec.roles[0].resources.cpu", "ML-430 spec.roles[0].resources.gpus.count");
        assertThat(problems(worker().resources(Resources.builder()
                        .gpus(GpuRequest.builder()
                                .count(1)
                                .migProfile("big")
                                .memoryBytes(1)
                                .build())
                        .build())))
                .containsExactly(
                        "ML-440 spec.roles[0].resources.gpus.migProfile", "ML-431 spec.roles[0].resources.gpus.memory");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://user:secret@h/x.git",
                "https://secret@h/x",
                "ssh://a:secret@h/x",
                "https://h/x?private_token=secret"
            })
    void credentialsInAUrlAreRefusedAndMasked(String url) {
        List<Violation> violations = FakeLauncher.ADMISSION.check(job(worker().build())
                .code(CodeSource.builder()
                        .git(GitSource.builder().repository(url).build())
                        .build())
                .build());
        assertThat(violations).singleElement().satisfies(violation -> {
            assertThat(violation.code()).isEqualTo("ML-461");
            assertThat(violation.toString())
                    .doesNotContain("secret@")
                    .doesNotContain("=secret")
                    .contains("***");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://h/x.git", "ssh://git@h/x", "git@h:x/y.git", "file:///srv/x", "/srv/x"})
    void usualRepositoriesAreAccepted(String url) {
        assertThat(problems(job(worker().build())
                        .code(CodeSource.builder()
                                .git(GitSource.builder().repository(url).build())
                                .build())))
                .isEmpty();
    }

    @Test
    void sourcesAndOutputsStayInTheirFolders() {
        assertThat(problems(job(worker().build())
                        .code(CodeSource.builder().build())
                        .inputs(List.of(new DataSource("A", "http://x", "../x", true)))
                        .outputs(List.of(new Artifact("m", "/abs"), new Artifact("m", "a/../b")))))
                .containsExactly(
                        "ML-431 spec.code",
                        "ML-440 spec.inputs[0].name",
                        "ML-460 spec.inputs[0].source",
                        "ML-462 spec.inputs[0].path",
                        "ML-442 spec.outputs[1].name",
                        "ML-462 spec.outputs[0].path",
                        "ML-462 spec.outputs[1].path");
        assertThat(problems(job(worker().build())
                        .code(CodeSource.builder()
                                .git(GitSource.builder()
                                        .repository("--upload-pack=x")
                                        .revision("-x")
                                        .path("../..")
                                        .build())
                                .build())))
                .containsExactly(
                        "ML-460 spec.code.git.repository",
                        "ML-460 spec.code.git.revision",
                        "ML-462 spec.code.git.path");
    }

    @ParameterizedTest
    @CsvSource({"main, ''", "8c2f1d0e9b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d, ML-431 spec.code.git.follow"})
    void onlyWhatMovesCanBeFollowed(String revision, String problem) {
        GitSource git = GitSource.builder()
                .repository("https://h/x.git")
                .revision(revision)
                .follow(true)
                .build();

        assertThat(String.join(
                        " ",
                        problems(job(worker().build())
                                .code(CodeSource.builder().git(git).build()))))
                .isEqualTo(problem);
    }

    @Test
    void optionsFitTheFrameworksSchema() {
        assertThat(problems(job(worker().build())
                        .frameworkOptions(FrameworkOptions.of(Map.of(
                                "nprocPerNode",
                                0L,
                                "rdzvBackend",
                                "etcd",
                                "debug",
                                "yes",
                                "scale",
                                -1.0,
                                "interfaces",
                                "eth0",
                                "nproc_pernode",
                                2L)))))
                .containsExactly(
                        "ML-472 spec.frameworkOptions.debug",
                        "ML-472 spec.frameworkOptions.interfaces",
                        "ML-472 spec.frameworkOptions.nprocPerNode",
                        "ML-471 spec.frameworkOptions.nproc_pernode",
                        "ML-472 spec.frameworkOptions.rdzvBackend",
                        "ML-472 spec.frameworkOptions.scale");
        assertThat(FakeLauncher.ADMISSION.check(job(worker().build())
                        .frameworkOptions(FrameworkOptions.of(Map.of("nproc_pernode", 2L)))
                        .build()))
                .extracting(Violation::advice)
                .containsExactly("did you mean `nprocPerNode`?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytroch", "Py Torch", ""})
    void anUnknownFrameworkIsTold(String name) {
        assertThat(problems(job(worker().build()).framework(name))).containsExactly("ML-470 spec.framework");
    }

    @Test
    void whatIsProbablyNotMeantIsAWarning() {
        MLTrain train = job(worker().build())
                .runPolicy(
                        RunPolicy.builder().activeDeadline(Duration.ofHours(1)).build())
                .scheduling(
                        SchedulingWishes.builder().runTime(Duration.ofHours(2)).build())
                .build();
        assertThat(FakeLauncher.ADMISSION.admit(train).warnings()).hasSize(1);
    }

    @Test
    void distancesCountTranspositionsOnce() {
        assertThat(Suggestions.distance("pytroch", "pytorch")).isEqualTo(1);
        assertThat(Suggestions.distance("replica", "replicas")).isEqualTo(1);
        assertThat(Suggestions.closest("cpu", List.of("gpus"))).isEmpty();
        assertThat(Suggestions.closest("min_replicas", List.of("maxReplicas", "minReplicas")))
                .contains("minReplicas");
    }
}
