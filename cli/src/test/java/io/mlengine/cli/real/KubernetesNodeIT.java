package io.mlengine.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.resource.MLUsageSpec;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.document.TrainDocument;
import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.PodOptions;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pods that a kubelet runs. Needs a cluster with one node, see {@link KubernetesNode}, whose node has the images already,
 * and {@code MLENGINE_TEST_NODE_ADDRESS}, under which pods reach this machine.
 */
@Timeout(300)
@EnabledIfEnvironmentVariable(
        named = KubernetesNode.KUBECONFIG,
        matches = ".+",
        disabledReason = "no cluster with a node that runs pods is named")
class KubernetesNodeIT {
    private static final Path EXAMPLES = Path.of("..", "examples");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration TOLERANCE = Duration.ofSeconds(1);
    private static final Pattern RESUMED = Pattern.compile("rank \\d resumed from step (\\d+)");
    private static final PodOptions LOCAL_IMAGE =
            PodOptions.builder().imagePullPolicy(PodOptions.PullPolicy.NEVER).build();

    @TempDir
    Path root;

    private @Nullable KubernetesNode opened;

    @BeforeEach
    void open() {
        opened = KubernetesNode.open();
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    private KubernetesNode node() {
        return Objects.requireNonNull(opened);
    }

    private GitServer git() throws Exception {
        String address = System.getenv().getOrDefault("MLENGINE_TEST_NODE_ADDRESS", "10.213.0.1");
        return GitServer.start(EXAMPLES.resolve("pytorch-ddp"), Files.createDirectory(root.resolve("git")), address);
    }

    /** The example for Kubernetes with a repository, an image and a claim that are there. */
    private MLTrain digits(GitServer git, String... arguments) throws Exception {
        node().makeClaim(root.resolve("results"));
        DocumentResult read = TrainDocument.parse(
                        "train.yaml", Files.readAllBytes(EXAMPLES.resolve("kubernetes/train.yaml")))
                .set("code.git.repository=" + git.url())
                .set("code.git.revision=" + git.commit())
                .set("roles.worker.image=" + KubernetesNode.torchImage())
                .read();
        MLTrain train = read.train().orElseThrow(() -> new AssertionError(read.violations()));
        return MLTrain.builder()
                .from(train)
                .namespace(node().namespace)
                .roles(train.roles().stream()
                        .map(role ->
                                Role.builder().from(role).addArgs(arguments).build())
                        .toList())
                .build();
    }

    private MLTrain one(String image, String... command) {
        return MLTrain.named("one")
                .namespace(node().namespace)
                .framework("command")
                .addRole(Role.named("worker")
                        .image(image)
                        .pod(LOCAL_IMAGE)
                        .command(command)
                        .resources(Resources.builder()
                                .cpuMillis(100)
                                .memoryBytes(100L << 20)
                                .build())
                        .build())
                .runPolicy(RunPolicy.builder()
                        .stopGrace(Duration.ofSeconds(1))
                        .retries(new Retries(0, 0, OptionalInt.empty()))
                        .build())
                .build();
    }

    private MLTrainStatus await(String job, String what, Predicate<MLTrainStatus> condition) {
        RealEngine.awaitTrue(
                PATIENCE, what, () -> node().status(job).filter(condition).isPresent());
        return node().status(job).orElseThrow();
    }

    @Test
    void twoPodsTrainTogetherWithCodeFromGit() throws Exception {
        try (GitServer git = git()) {
            // On a busy machine the first job of an engine starts later than is tolerated.
            node().submit(one(KubernetesNode.torchImage(), "true")).await(PATIENCE);
            JobHandle job = node().submit(digits(git));
            await(
                    "digits",
                    "progress is shown while it runs",
                    status -> status.progress() != null && "Running".equals(status.phase()));
            JobResult result = job.await(PATIENCE);

            List<String> lines = RealEngine.lines(job);
            assertThat(result.isSuccess()).as(String.join("\n", lines)).isTrue();
            assertThat(lines)
                    .contains("rank 0 of 2 is up on cpu, attempt 1", "rank 1 of 2 is up on cpu, attempt 1")
                    .anyMatch(line -> line.startsWith("test accuracy 0.9"));
            assertThat(result.view().progress().orElseThrow().metrics())
                    .hasEntrySatisfying(
                            "test_accuracy", value -> assertThat(value).isGreaterThan(0.9));
            MLTrainStatus status = await("digits", "the end is shown", now -> "Succeeded".equals(now.phase()));
            assertThat(Objects.requireNonNull(status.progress()).text()).isEqualTo("100%");
            assertUsageIsThePodsOwnTime("digits");
        }
    }

    /** From the grant, just before the pods are made, to the end of the last container, as the node tells it. */
    private void assertUsageIsThePodsOwnTime(String job) {
        RealEngine.awaitTrue(
                RealEngine.PATIENCE, "usage is written", () -> usage(job).size() == 1);
        MLUsageSpec usage = usage(job).get(0);
        List<Pod> pods = node().pods().stream()
                .filter(pod -> pod.getMetadata().getName().startsWith(job + "-"))
                .toList();
        Instant ended = pods.stream()
                .map(pod -> Instant.parse(terminated(pod).getFinishedAt()))
                .max(Comparator.naturalOrder())
                .orElseThrow();
        assertThat(Instant.parse(usage.until())).isEqualTo(ended);
        Instant since = Instant.parse(usage.since());
        // Times are told in whole seconds, up to one before the true ones.
        assertThat(pods)
                .extracting(pod -> Instant.parse(pod.getMetadata().getCreationTimestamp()))
                .allSatisfy(made -> assertThat(since).isBetween(made.minus(TOLERANCE), made.plusSeconds(1)));
        assertThat(usage.worth()).isEqualTo("Useful");
    }

    private List<MLUsageSpec> usage(String job) {
        return node().usage().stream().filter(usage -> job.equals(usage.job())).toList();
    }

    private static ContainerStateTerminated terminated(Pod pod) {
        return pod.getStatus().getContainerStatuses().get(0).getState().getTerminated();
    }

    @Test
    void aLostPodStartsTheGroupAgainAndItGoesOnFromTheCheckpoint() throws Exception {
        try (GitServer git = git()) {
            JobHandle job = node().submit(digits(git, "--epochs", "4", "--step-delay", "0.1"));
            RealEngine.awaitTrue(
                    PATIENCE,
                    "a checkpoint is there",
                    () -> job.view()
                                    .progress()
                                    .flatMap(now -> now.step().stream().boxed().findFirst())
                                    .orElse(0L)
                            > 45);

            node().kill("digits-worker-1-a1");
            JobResult result = job.await(PATIENCE);

            List<String> lines = RealEngine.lines(job);
            assertThat(result.isSuccess()).as(String.join("\n", lines)).isTrue();
            assertThat(result.view().record().attemptNumber()).isEqualTo(2);
            Attempt first = result.view().record().pastAttempts().get(0);
            assertThat(first.cause())
                    .hasValueSatisfying(
                            cause -> assertThat(cause.failureClass().name()).isEqualTo("INFRASTRUCTURE"));
            assertThat(lines.stream()
                            .map(RESUMED::matcher)
                            .filter(Matcher::matches)
                            .map(match -> Integer.parseInt(match.group(1))))
                    .hasSize(2)
                    .allMatch(step -> step >= 40);
            RealEngine.awaitTrue(
                    RealEngine.PATIENCE,
                    "both attempts' usage is written",
                    () -> node().usage().size() == 2);
        }
    }

    @Test
    void whoNeedsMoreMemoryThanItsPodMayHaveFailsForThat() {
        JobHandle job = node().submit(one(
                KubernetesNode.torchImage(), "python3", "-c", "x = [bytearray(10 << 20) for i in range(99)]"));

        JobResult result = job.completion()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();

        FailureCause cause = result.outcome().cause().orElseThrow();
        assertThat(cause.reason()).isEqualTo("OutOfMemory");
        assertThat(cause.exit()).contains(ExitStatus.killedForMemory());
    }

    @Test
    void anImageThatIsNotThereIsToldAndTheDeletedJobLeavesNothing() {
        JobHandle job = node().submit(one("localhost/nothing:1", "true"));
        MLTrainStatus status = await("one", "the trouble is shown", now -> "ErrImageNeverPull".equals(now.reason()));
        assertThat(status.phase()).isEqualTo("Starting");
        assertThat(status.message()).startsWith("worker-0: container main (image localhost/nothing:1)");

        job.delete().join();

        // Nodes take their time over a pod whose container was never made, and so does the collection of what is owned.
        RealEngine.awaitTrue(
                PATIENCE, "nothing is left", () -> node().leavings().isEmpty());
    }
}
