package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.resource.MLUsageResource;
import io.mlengine.backend.k8s.resource.MLUsageSpec;
import io.mlengine.backend.k8s.resource.MLUsages;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.Figures;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodEnd;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.core.document.RecordDocument;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.metering.DeviceModels;
import io.mlengine.core.metering.Usage;
import io.mlengine.core.metering.UsageRecord;
import io.mlengine.core.metering.UsageTotal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/** Usage that users and accountants see: what it says, and that it comes once, whatever fails. */
@Timeout(300)
class UsageIT {
    private static final String PRODUCT = "NVIDIA-A100-SXM4-40GB";
    /** Kubernetes tells whole seconds. */
    private static final Duration RESOLUTION = Duration.ofSeconds(1);

    private static final Duration TOLERANCE = Duration.ofSeconds(1);

    private final JobsFixture jobs = new JobsFixture(KubernetesServer.shared(), UsageIT::script);

    /** Pods run for longer than the second in which they begin, for ends are told in whole seconds. */
    private static PodScript script(Pod pod) {
        String name = pod.getMetadata().getName();
        if (name.equals("again-worker-0-a1")) {
            return PodScript.runsUntilDeleted();
        }
        PodEnd end = name.equals("again-worker-1-a1") ? PodEnd.signal(9) : PodEnd.exit(0);
        boolean isEarly = name.startsWith("timed") && name.endsWith("worker-0-a1");
        return PodScript.ends(end).after(Duration.ofMillis(isEarly ? 300 : 2500));
    }

    @BeforeEach
    void start() {
        jobs.nodes.add(
                2,
                2,
                node -> node.editMetadata()
                        .addToLabels("nvidia.com/gpu.product", PRODUCT)
                        .endMetadata());
    }

    @AfterEach
    void end() {
        jobs.close();
    }

    private List<MLUsageResource> usage() {
        return jobs.client
                .resources(MLUsageResource.class)
                .inNamespace(jobs.namespace)
                .list()
                .getItems();
    }

    private List<MLUsageResource> usage(String job) {
        return usage().stream().filter(object -> job.equals(spec(object).job())).toList();
    }

    private static MLUsageSpec spec(MLUsageResource object) {
        return Objects.requireNonNull(object.getSpec());
    }

    private JobRecord record(String job) {
        MLTrainStatus status = Objects.requireNonNull(jobs.object(job).get().getStatus());
        return RecordDocument.read(Objects.requireNonNull(status.record()));
    }

    /** All usage of a job is there, each attempt once, and adds up to what its record says. */
    private void assertUsageIsThatOf(JobRecord record) {
        List<UsageRecord> held = Usage.of(record, DeviceModels.NONE, Instant.MIN);
        List<UsageRecord> written = usage(record.train().name()).stream()
                .flatMap(object -> MLUsages.records(object).stream())
                .toList();
        assertThat(usage(record.train().name())).hasSize(record.attemptNumber());
        assertThat(UsageTotal.by(written, UsageRecord::attempt)).isEqualTo(UsageTotal.by(held, UsageRecord::attempt));
    }

    @Test
    void usageIsFromTheGrantUntilTheLastPodsOwnEnd(TestReporter reporter) {
        jobs.startOperator();
        List<Duration> gaps = new ArrayList<>();
        for (String name : List.of("timed-cold", "timed-warm", "timed-warmer")) {
            jobs.apply(jobs.train(name, 3));
            MLTrainStatus status = jobs.await(name, "Succeeded");
            Await.until("usage is written", () -> usage(name).size() == 1);

            MLUsageResource object = usage(name).get(0);
            MLUsageSpec usage = spec(object);
            Instant made = jobs.pods(name).stream()
                    .map(pod -> Instant.parse(pod.getMetadata().getCreationTimestamp()))
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            Instant since = Instant.parse(usage.since());
            assertThat(since).isEqualTo(record(name).attempt().orElseThrow().grantedAt());
            assertThat(since).as("held before it is used").isBefore(made.plus(RESOLUTION));
            gaps.add(Duration.between(since, made));
            assertThat(usage.until()).isEqualTo(lastEnd(name).toString());
            assertThat(usage.deviceModels()).isEqualTo(PRODUCT);
            assertThat(object.getMetadata().getOwnerReferences()).isEmpty();
            assertUsageIsThatOf(record(name));
            assertThat(UsageTotal.of(MLUsages.records(object)).deviceMillis())
                    .as("a place is held for the gang also after its replica has ended")
                    .isEqualTo(3 * (lastEnd(name).toEpochMilli() - since.toEpochMilli()));
            assertThat(Objects.requireNonNull(status.usage()).gpuSeconds()).isEqualTo(usage.gpuSeconds());
        }
        Figures.note(reporter, "from the grant to the first pod", gaps.toString());
        assertThat(gaps)
                .as("pods are made within the tolerance; on a machine with much else to do not each time")
                .anyMatch(gap -> gap.compareTo(TOLERANCE.plus(RESOLUTION)) < 0);
    }

    private Instant lastEnd(String job) {
        return jobs.pods(job).stream()
                .map(UsageIT::finishedAt)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static Instant finishedAt(Pod pod) {
        return Instant.parse(pod.getStatus()
                .getContainerStatuses()
                .get(0)
                .getState()
                .getTerminated()
                .getFinishedAt());
    }

    @Test
    void eachAttemptHasItsUsageAndAllAddUp() {
        jobs.startOperator();
        jobs.apply(jobs.train("again", 2));
        jobs.await("again", "Succeeded");

        Await.until("both are written", () -> usage("again").size() == 2);
        assertUsageIsThatOf(record("again"));
        assertThat(usage("again"))
                .extracting(object -> spec(object).worth())
                .containsExactlyInAnyOrder("Lost", "Useful");
    }

    @Test
    void usageThatCannotBeWrittenComesLaterAndItsJobStaysUntilThen() {
        jobs.startOperator();
        UsageRefusal refusal = UsageRefusal.in(jobs.namespace, jobs.client);
        jobs.apply(jobs.train("digits", 2));
        jobs.await("digits", "Succeeded");
        JobRecord record = record("digits");

        jobs.object("digits").delete();
        jobs.await("digits", "is being deleted", status -> "Deleting".equals(status.phase()));
        Await.until("its pods are gone", () -> jobs.pods("digits").isEmpty());
        jobs.server.restartApiServer();
        assertThat(jobs.object("digits").get()).isNotNull();
        assertThat(usage()).isEmpty();
        refusal.close();

        Await.until("the job is gone", () -> jobs.object("digits").get() == null);
        assertUsageIsThatOf(record);
    }

    @Test
    void theNextLeaderWritesWhatTheOneBeforeCouldNotWriteAnyMore() {
        UsageRefusal refusal = UsageRefusal.in(jobs.namespace, jobs.client);
        try (OperatorJvm first = OperatorJvm.start(jobs.server.kubeconfig(), jobs.namespace)) {
            jobs.apply(jobs.train("digits", 2));
            jobs.await("digits", "Succeeded");
            first.kill();
        }
        refusal.close();
        assertThat(usage()).isEmpty();

        try (OperatorJvm next = OperatorJvm.start(jobs.server.kubeconfig(), jobs.namespace)) {
            Await.until("usage is written", () -> usage("digits").size() == 1);
            assertUsageIsThatOf(record("digits"));
            // Proof that the leader is done with what it found, and not about to write once more.
            jobs.apply(jobs.train("other", 1));
            Await.until("usage is written", () -> usage("other").size() == 1);
            assertThat(usage("digits")).hasSize(1);
            assertThat(next.isUp()).isTrue();
        }
    }
}
