package io.mlengine.backend.k8s.pod;

import static io.mlengine.backend.k8s.pod.SamplePods.ID;
import static io.mlengine.backend.k8s.pod.SamplePods.deleting;
import static io.mlengine.backend.k8s.pod.SamplePods.ended;
import static io.mlengine.backend.k8s.pod.SamplePods.pod;
import static io.mlengine.backend.k8s.pod.SamplePods.reason;
import static io.mlengine.backend.k8s.pod.SamplePods.running;
import static io.mlengine.backend.k8s.pod.SamplePods.stepFailed;
import static io.mlengine.backend.k8s.pod.SamplePods.terminated;
import static io.mlengine.backend.k8s.pod.SamplePods.waiting;
import static io.mlengine.backend.k8s.pod.SamplePods.with;
import static io.mlengine.backend.k8s.pod.SamplePods.withStep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PodStatusesTest {
    private static final PodView SILENT = new PodView(true, false, false);

    static Stream<Arguments> live() {
        PodBuilder unbound = pod("Pending").editSpec().withNodeName(null).endSpec();
        PodBuilder notReady = pod("Running")
                .editStatus()
                .addNewContainerStatusLike(SamplePods.running(PodNames.MAIN))
                .withStarted(false)
                .withReady(false)
                .endContainerStatus()
                .endStatus();
        return Stream.of(
                arguments("not bound", unbound.build(), PodView.RUNNING, "PENDING WaitingForNode"),
                arguments("bound", pod("Pending").build(), PodView.RUNNING, "PREPARING PreparingContainer"),
                arguments(
                        "code is fetched",
                        withStep(waiting("main", "PodInitializing", null), SamplePods.running("code"))
                                .build(),
                        PodView.RUNNING,
                        "PREPARING FetchingCode"),
                arguments(
                        "requirements are installed",
                        withStep(pod("Pending"), SamplePods.running("python")).build(),
                        PodView.RUNNING,
                        "PREPARING PreparingEnvironment"),
                arguments(
                        "no image",
                        waiting("main", "ImagePullBackOff", "Back-off").build(),
                        PodView.RUNNING,
                        "PREPARING ImagePullBackOff"),
                arguments("runs", notReady.build(), PodView.RUNNING, "STARTED "),
                arguments("is ready", running().build(), PodView.RUNNING, "READY "),
                arguments("is deleted", deleting(running()), PodView.STOPPED, "STOPPING Stopping"),
                arguments(
                        "is deleted before it started", deleting(pod("Pending")), PodView.STOPPED, "STOPPING Stopping"),
                arguments("node is silent", running().build(), SILENT, "LOST NodeLost"),
                arguments("node is silent and it is deleted", deleting(running()), SILENT, "LOST NodeLost"),
                arguments("not bound, no node to be silent", unbound.build(), SILENT, "PENDING WaitingForNode"),
                arguments("state unknown", pod("Unknown").build(), PodView.RUNNING, "LOST NodeLost"),
                arguments(
                        "told failed while it runs",
                        reason(with(pod("Failed"), SamplePods.running(PodNames.MAIN)), "Evicted", "")
                                .build(),
                        PodView.RUNNING,
                        "STOPPING Stopping"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("live")
    void aPodThatMayLiveIsReportedSo(String name, Pod pod, PodView view, String expected) {
        ReplicaStatus status = PodStatuses.of(ID, pod, view);
        assertThat(status.state() + " " + status.reason()).isEqualTo(expected);
        assertThat(status.state().mayLive()).isTrue();
        assertThat(status.exit()).isEmpty();
        assertThat(status.endedAt()).isEmpty();
    }

    static Stream<Arguments> ends() {
        return Stream.of(
                arguments(ended("Succeeded", 0, "Completed").build(), "SUCCEEDED exit 0  -"),
                arguments(ended("Failed", 1, "Error").build(), "FAILED exit 1 ExitCode -"),
                arguments(ended("Failed", 255, "Error").build(), "FAILED exit 255 ExitCode -"),
                arguments(ended("Failed", 128, "Error").build(), "FAILED exit 128 ExitCode -"),
                arguments(ended("Failed", 143, "Error").build(), "FAILED signal 15 Signal -"),
                arguments(ended("Failed", 139, "Error").build(), "FAILED signal 11 Signal -"),
                arguments(ended("Failed", 137, "OOMKilled").build(), "FAILED out of memory (signal 9) OutOfMemory -"),
                arguments(ended("Failed", 1, "OOMKilled").build(), "FAILED exit 1 OutOfMemory -"),
                arguments(
                        ended("Failed", 137, "ContainerStatusUnknown").build(),
                        "FAILED none ContainerLost INFRASTRUCTURE"),
                arguments(
                        ended("Failed", 128, "StartError", "exec: \"pyton\": executable file not found in $PATH")
                                .build(),
                        "FAILED none CommandNotFound CONFIGURATION"),
                arguments(
                        ended("Failed", 128, "StartError", "nvidia-container-cli: initialization error")
                                .build(),
                        "FAILED none StartError INFRASTRUCTURE"),
                arguments(
                        reason(ended("Failed", 137, "Error"), "Evicted", "The node was low on memory")
                                .build(),
                        "FAILED signal 9 Evicted INFRASTRUCTURE"),
                arguments(reason(pod("Failed"), "Preempting", "").build(), "FAILED none Preempting INFRASTRUCTURE"),
                arguments(
                        reason(pod("Failed"), "OutOfnvidia.com/gpu", "").build(),
                        "FAILED none OutOfnvidia.com/gpu INFRASTRUCTURE"),
                arguments(
                        reason(pod("Failed"), "UnexpectedAdmissionError", "").build(),
                        "FAILED none UnexpectedAdmissionError INFRASTRUCTURE"),
                arguments(
                        reason(ended("Failed", 143, "Error"), "DeadlineExceeded", "")
                                .build(),
                        "FAILED signal 15 DeadlineExceeded CONFIGURATION"),
                arguments(disrupted(), "FAILED signal 15 EvictionByEvictionAPI PREEMPTED"),
                arguments(deleting(ended("Failed", 143, "Error")), "FAILED signal 15 Deleted INFRASTRUCTURE"),
                arguments(pod("Failed").build(), "FAILED none PodFailed INFRASTRUCTURE"),
                arguments(
                        stepFailed("code", "Error", "fatal: Authentication failed for x")
                                .build(),
                        "FAILED none GitAuthentication CONFIGURATION"),
                arguments(
                        stepFailed("code", "Error", "fatal: couldn't find remote ref nope")
                                .build(),
                        "FAILED none GitRevisionUnknown CONFIGURATION"),
                arguments(
                        stepFailed("code", "Error", "fatal: unable to access: Could not resolve host: g")
                                .build(),
                        "FAILED none GitUnreachable INFRASTRUCTURE"),
                arguments(stepFailed("code", "Error", null).build(), "FAILED none GitFailed INFRASTRUCTURE"),
                arguments(
                        stepFailed("python", "Error", "ERROR: No matching distribution found for x")
                                .build(),
                        "FAILED none RequirementUnknown CONFIGURATION"),
                arguments(
                        stepFailed("python", "Error", "write: No space left on device")
                                .build(),
                        "FAILED none DiskFull INFRASTRUCTURE"),
                arguments(stepFailed("python", "OOMKilled", "").build(), "FAILED none OutOfMemory CONFIGURATION"),
                arguments(
                        stepFailed("istio-init", "Error", "").build(),
                        "FAILED none InitContainerFailed INFRASTRUCTURE"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("ends")
    void anEndHasItsClassAndReason(Pod pod, String expected) {
        ReplicaStatus status = PodStatuses.of(ID, pod, PodView.RUNNING);
        assertThat(text(status)).isEqualTo(expected);
        assertThat(status.state() == ReplicaState.SUCCEEDED || !status.message().isEmpty())
                .isTrue();
        assertThat(PodStatuses.deleted(ID, pod, PodView.RUNNING))
                .isEqualTo(ReplicaStatus.builder()
                        .from(status)
                        .revision(status.revision() + 3)
                        .build());
    }

    @Test
    void whatIsDeletedFromANodeThatTakesNothingNewIsDrained() {
        PodView drained = new PodView(false, true, false);
        assertThat(text(PodStatuses.deleted(ID, deleting(running()), drained)))
                .isEqualTo("GONE none NodeDrained PREEMPTED");
        assertThat(text(PodStatuses.of(ID, deleting(ended("Failed", 143, "Error")), drained)))
                .isEqualTo("FAILED signal 15 NodeDrained PREEMPTED");
        assertThat(text(PodStatuses.of(ID, ended("Failed", 1, "Error").build(), drained)))
                .as("its own fault")
                .isEqualTo("FAILED exit 1 ExitCode -");
    }

    @Test
    void whatEndedByItselfBeforeItWasDeletedStaysItsOwnFault() {
        Pod pod = deleting(with(
                pod("Failed"),
                new ContainerStatusBuilder(terminated("main", 1, "Error", null))
                        .editState()
                        .editTerminated()
                        .withFinishedAt("2026-11-26T10:04:29Z")
                        .endTerminated()
                        .endState()
                        .build()));
        assertThat(text(PodStatuses.deleted(ID, pod, PodView.RUNNING))).isEqualTo("FAILED exit 1 ExitCode -");
    }

    @Test
    void timesAndLastLinesAreTheContainers() {
        String output = "line\n".repeat(30) + "ValueError: no such layer\n";
        ReplicaStatus status =
                PodStatuses.of(ID, ended("Failed", 1, "Error", output).build(), PodView.RUNNING);
        assertThat(status.startedAt()).contains(Instant.parse(SamplePods.STARTED));
        assertThat(status.endedAt()).contains(Instant.parse(SamplePods.ENDED));
        assertThat(status.lastLines()).hasSize(20).last().isEqualTo("ValueError: no such layer");
        assertThat(PodStatuses.of(ID, running().build(), PodView.RUNNING).startedAt())
                .contains(Instant.parse(SamplePods.STARTED));
    }

    @Test
    void anOrderedEndIsNobodysFault() {
        ReplicaStatus status = PodStatuses.of(ID, deleting(ended("Failed", 143, "Error")), PodView.STOPPED);
        assertThat(text(status)).isEqualTo("FAILED signal 15 Stopped -");
        assertThat(text(PodStatuses.deleted(ID, deleting(running()), PodView.STOPPED)))
                .isEqualTo("GONE none Stopped -");
        assertThat(text(PodStatuses.deleted(ID, deleting(running()), PodView.RUNNING)))
                .isEqualTo("GONE none Deleted INFRASTRUCTURE");
    }

    @Test
    void whatIsLearnedLaterHasAHigherRevision() {
        Pod pod = running().build();
        Pod next = running()
                .editMetadata()
                .withResourceVersion("1001")
                .endMetadata()
                .build();
        StartTrouble trouble = new StartTrouble(FailureClass.CONFIGURATION, "ErrImagePull", "no", false);
        assertThat(Stream.of(
                        PodStatuses.of(ID, pod, PodView.RUNNING),
                        PodStatuses.of(ID, pod, SILENT),
                        PodStatuses.notStarted(ID, pod, trouble),
                        PodStatuses.deleted(ID, pod, PodView.RUNNING),
                        PodStatuses.of(ID, next, PodView.RUNNING)))
                .extracting(ReplicaStatus::revision)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void troubleWithTheImageIsBorneForAWhile() {
        StartTrouble trouble = StartTrouble.of(
                        waiting("main", "ErrImagePull", "manifest unknown").build())
                .orElseThrow();
        assertThat(trouble.isHopeless(Duration.ofSeconds(59), Duration.ofMinutes(1)))
                .isFalse();
        assertThat(trouble.isHopeless(Duration.ofMinutes(1), Duration.ofMinutes(1)))
                .isTrue();
        assertThat(text(PodStatuses.notStarted(ID, pod("Pending").build(), trouble)))
                .isEqualTo("FAILED none ErrImagePull CONFIGURATION");
        assertThat(trouble.message()).contains("example/torch:2", "manifest unknown");
        assertThat(StartTrouble.of(waiting("main", "InvalidImageName", null).build()))
                .hasValueSatisfying(invalid -> assertThat(invalid.isHopeless(Duration.ZERO, Duration.ofHours(1)))
                        .isTrue());
        assertThat(StartTrouble.of(waiting("main", "ContainerCreating", null).build()))
                .isEmpty();
    }

    private static Pod disrupted() {
        return ended("Failed", 143, "Error")
                .editStatus()
                .addNewCondition()
                .withType("DisruptionTarget")
                .withStatus("True")
                .withReason("EvictionByEvictionAPI")
                .withMessage("Eviction API: evicting")
                .endCondition()
                .endStatus()
                .build();
    }

    private static String text(ReplicaStatus status) {
        return status.state() + " " + status.exit().map(ExitStatus::toString).orElse("none") + " " + status.reason()
                + " " + status.failureClass().map(Enum::toString).orElse("-");
    }
}
