package io.mlengine.backend.k8s.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mlengine.build.testing.GoldenFile;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodManifestsTest {
    private static final PodManifests MANIFESTS = new PodManifests(SampleJobs.CONFIG);

    @ParameterizedTest
    @ValueSource(strings = {"pytorch", "tensorflow", "smallest"})
    void objectsAreAsWritten(String name) {
        GoldenFile.named("io/mlengine/backend/k8s/pod/" + name + ".yaml").assertMatches(yaml(launch(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorch", "tensorflow", "smallest"})
    void theSameLaunchGivesEqualObjects(String name) {
        assertThat(MANIFESTS.of(launch(name))).isEqualTo(MANIFESTS.of(launch(name)));
    }

    @Test
    void theAttemptsSecretStandsInItsSecretOnly() {
        PodLaunch launch = SampleJobs.pytorch();
        JobObjects objects = MANIFESTS.of(launch);
        assertThat(objects.secret()).isPresent();
        assertThat(Serialization.asYaml(objects.pods()) + Serialization.asYaml(objects.service()))
                .doesNotContain(SampleJobs.SECRET);
        assertThat(launch + " " + objects).doesNotContain(SampleJobs.SECRET);
        assertThat(objects.beforePods())
                .extracting(HasMetadata::getKind)
                .containsExactly("Service", "Secret", "ConfigMap");
    }

    @Test
    void aJobThatIsMadeAgainHasASecretOfItsOwn() {
        PodLaunch first = SampleJobs.pytorch();
        JobOwner owner = first.owner();
        PodLaunch again = PodLaunch.builder()
                .from(first)
                .owner(new JobOwner(owner.apiVersion(), owner.kind(), owner.namespace(), owner.name(), "another"))
                .build();
        assertThat(secretName(again)).isNotEqualTo(secretName(first));
        assertThat(Serialization.asYaml(MANIFESTS.of(again).pods())).doesNotContain(secretName(first));
    }

    private static String secretName(PodLaunch launch) {
        return MANIFESTS.of(launch).secret().orElseThrow().getMetadata().getName();
    }

    @Test
    void aPodTakesWhatItsRoleHolds() {
        for (Pod pod : MANIFESTS.of(SampleJobs.pytorch()).pods()) {
            Map<String, String> requests = new TreeMap<>();
            PodRequests.of(pod)
                    .forEach((name, amount) ->
                            requests.put(name, amount.stripTrailingZeros().toPlainString()));
            assertThat(requests)
                    .isEqualTo(Map.of("cpu", "3.5", "memory", "17179869184", "nvidia.com/gpu", "2", "rdma/hca", "1"));
        }
    }

    @Test
    void theCommitIsAVariableOfAllReplicasOrOfNone() {
        PodLaunch known = SampleJobs.pytorch();
        PodLaunch open =
                PodLaunch.builder().from(known).codeCommit(Optional.empty()).build();
        String commit = known.codeCommit().orElseThrow();

        assertThat(commits(known)).containsExactly(Optional.empty(), Optional.empty());
        assertThat(commits(open)).isEqualTo(commits(known));
        assertThat(commits(at(commit, open))).containsExactly(Optional.of(commit), Optional.of(commit));
        assertThat(commits(at(commit, known))).isEqualTo(commits(at(commit, open)));
    }

    private static PodLaunch at(String revision, PodLaunch launch) {
        JobShape job = launch.order().job();
        GitSource git = GitSource.builder()
                .from(job.code().flatMap(CodeSource::git).orElseThrow())
                .revision(revision)
                .build();
        JobShape fixed = JobShape.builder()
                .from(job)
                .code(CodeSource.builder().git(git).build())
                .build();
        LaunchOrder order = launch.order();
        return PodLaunch.builder()
                .from(launch)
                .order(new LaunchOrder(order.attempt(), fixed, order.replicas(), order.stopGrace()))
                .build();
    }

    /** Of each pod. */
    private static List<Optional<String>> commits(PodLaunch launch) {
        return MANIFESTS.of(launch).pods().stream()
                .map(pod -> pod.getSpec().getContainers().get(0).getEnv().stream()
                        .filter(variable -> variable.getName().equals("MLENGINE_CODE_COMMIT"))
                        .map(EnvVar::getValue)
                        .findFirst())
                .toList();
    }

    @Test
    void filesThatReplicasShareAreKeptOnce() {
        JobObjects objects = MANIFESTS.of(launch(
                512,
                index -> List.of(
                        new PlanFile("hosts", "h".repeat(20_000), false),
                        new PlanFile("rank", Integer.toString(index), false))));
        assertThat(objects.configMaps()).hasSize(1);
        assertThat(objects.configMaps().get(0).getData()).hasSize(513);
        assertThat(objects.pods()).hasSize(512);
    }

    @Test
    void filesThatAreTooManyForOneConfigMapAreSplit() {
        PodLaunch launch = launch(5, index -> List.of(new PlanFile("data", index + "x".repeat(400_000), false)));
        JobObjects objects = MANIFESTS.of(launch);
        assertThat(objects.configMaps()).hasSize(3);
        assertThat(objects.configMaps())
                .allSatisfy(configMap -> assertThat(size(configMap)).isLessThan(1 << 20));
        assertThat(objects.configMaps())
                .extracting(configMap -> configMap.getMetadata().getName())
                .doesNotHaveDuplicates();
    }

    @Test
    void aFileThatFitsIntoNoConfigMapIsRefused() {
        PodLaunch launch = launch(1, index -> List.of(new PlanFile("data", "x".repeat(1 << 20), false)));
        assertThatThrownBy(() -> MANIFESTS.of(launch)).isInstanceOfSatisfying(OrderFailedException.class, refused -> {
            assertThat(refused.failureClass()).isEqualTo(FailureClass.CONFIGURATION);
            assertThat(refused.reason()).isEqualTo("PlanFileTooLarge");
        });
    }

    @Test
    void whatPodsCannotDoIsTold() {
        JobShape job = JobShape.builder()
                .name("job")
                .framework(FrameworkName.of("command"))
                .addRole(Role.named("main")
                        .command("run")
                        .workingDirectory("src")
                        .build())
                .code(CodeSource.folder("/home/me/code"))
                .addInputs(
                        new DataSource("disk", "/data", "", true),
                        new DataSource("near", "pvc://claim/x", "near", true),
                        new DataSource("a", "pvc://claim", "/data", true),
                        new DataSource("b", "pvc://other", "/data", true))
                .build();
        assertThat(MANIFESTS.unsupported(job))
                .extracting(refusal -> refusal.path() + " " + refusal.reason())
                .containsExactly(
                        "spec.code.path CodePathUnsupported",
                        "spec.inputs[0].source InputUnsupported",
                        "spec.inputs[1].path InputPathInvalid",
                        "spec.inputs[3].path InputPathTaken",
                        "spec.roles[0].image ImageMissing",
                        "spec.roles[0].workingDirectory WorkingDirectoryInvalid");
        assertThat(new PodManifests(PodConfig.DEFAULT)
                        .unsupported(SampleJobs.pytorch().order().job()))
                .extracting(Unsupported::reason)
                .containsExactly("GitSyncMissing");
    }

    @Test
    void aJobOfMoreReplicasThanItsRecordHoldsIsRefused() {
        JobShape most = JobShape.builder()
                .name("job")
                .framework(FrameworkName.of("command"))
                .addRole(Role.named("main")
                        .command("run")
                        .image("example/main:1")
                        .replicas(PodRules.MOST_REPLICAS - 1)
                        .build())
                .addRole(Role.named("other")
                        .command("run")
                        .image("example/main:1")
                        .build())
                .build();
        JobShape more = JobShape.builder()
                .from(most)
                .addRole(Role.named("more")
                        .command("run")
                        .image("example/main:1")
                        .minReplicas(1)
                        .maxReplicas(2)
                        .build())
                .build();

        assertThat(MANIFESTS.unsupported(most)).isEmpty();
        assertThat(MANIFESTS.unsupported(more))
                .extracting(refusal -> refusal.path() + " " + refusal.reason() + " " + refusal.message())
                .singleElement()
                .asString()
                .startsWith("spec.roles TooManyReplicas the job may have 4002 replicas");
    }

    @Test
    void ordersAndReservationsThatDoNotFitAreProgrammingErrors() {
        PodLaunch launch = PodLaunch.builder()
                .from(SampleJobs.smallest())
                .placement(Placement.EMPTY)
                .build();
        assertThatThrownBy(() -> MANIFESTS.of(launch))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no place for");
    }

    private static PodLaunch launch(String name) {
        return switch (name) {
            case "pytorch" -> SampleJobs.pytorch();
            case "tensorflow" -> SampleJobs.tensorflow();
            default -> SampleJobs.smallest();
        };
    }

    private static PodLaunch launch(int replicas, Function<Integer, List<PlanFile>> files) {
        JobShape job = JobShape.builder()
                .name("wide")
                .namespace("research")
                .framework(FrameworkName.of("command"))
                .addRole(Role.named("main")
                        .replicas(replicas)
                        .image("example/tool:1")
                        .build())
                .build();
        List<LaunchOrder.Start> starts = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            starts.add(SampleJobs.start(
                    SampleJobs.attempt(1),
                    0,
                    ReplicaPlan.builder()
                            .key(new ReplicaKey("main", i))
                            .addAllFiles(files.apply(i))
                            .build()));
        }
        return SampleJobs.launch(job, SampleJobs.attempt(1), starts, Map.of()).build();
    }

    private static int size(ConfigMap configMap) {
        return configMap.getData().entrySet().stream()
                .mapToInt(entry -> entry.getKey().length() + entry.getValue().length())
                .sum();
    }

    private static String yaml(PodLaunch launch) {
        JobObjects objects = MANIFESTS.of(launch);
        StringBuilder text = new StringBuilder();
        Stream.concat(objects.beforePods().stream(), objects.pods().stream())
                .map(Serialization::asYaml)
                .forEach(text::append);
        objects.notes().forEach(note -> text.append("# ").append(note).append('\n'));
        return text.toString();
    }

    @Test
    void codeThatFollowsABranchHasASideCarWhereItEndsWithThePod() {
        PodLaunch once = SampleJobs.pytorch();
        JobShape job = once.order().job();
        GitSource branch = GitSource.builder()
                .from(job.code().flatMap(CodeSource::git).orElseThrow())
                .revision("main")
                .follow(true)
                .build();
        JobShape following = JobShape.builder()
                .from(job)
                .code(CodeSource.builder().git(branch).build())
                .build();
        PodLaunch launch = PodLaunch.builder()
                .from(once)
                .order(new LaunchOrder(
                        once.order().attempt(),
                        following,
                        once.order().replicas(),
                        once.order().stopGrace()))
                .build();
        PodConfig withSideCars =
                PodConfig.builder().from(SampleJobs.CONFIG).sideCars(true).build();

        Pod pod = new PodManifests(withSideCars).of(launch).pods().get(0);
        List<Container> steps = pod.getSpec().getInitContainers();
        Container sideCar = steps.get(steps.size() - 1);

        assertThat(sideCar.getName()).isEqualTo("code-sync");
        assertThat(sideCar.getRestartPolicy()).isEqualTo("Always");
        assertThat(sideCar.getArgs()).contains("--ref=main", "--period=30s").doesNotContain("--one-time");
        assertThat(sideCar.getResources().getRequests())
                .containsEntry("cpu", new Quantity("0"))
                .containsEntry("memory", new Quantity("0"));
        assertThat(steps.get(0).getArgs()).contains("--one-time");
        assertThat(new PodManifests(SampleJobs.CONFIG).unsupported(following))
                .extracting(Unsupported::reason)
                .containsExactly("SideCarsMissing");
    }
}
