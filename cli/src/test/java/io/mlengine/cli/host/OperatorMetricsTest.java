package io.mlengine.cli.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.webhook.ReviewObserver;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.scheduling.PriorityPolicy;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.sim.ReplicaScript;
import io.mlengine.testkit.sim.SimulatedEngine;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What Prometheus reads at {@code /metrics}. */
class OperatorMetricsTest {
    private final OperatorMetrics metrics = new OperatorMetrics();

    private static MLTrain train(String name, int gpus) {
        return MLTrain.named(name)
                .framework("plain")
                .addRole(Role.named("worker")
                        .replicas(1)
                        .command("train")
                        .resources(Resources.builder().gpus(gpus).build())
                        .build())
                .build();
    }

    private PrometheusText scrape() {
        PrometheusText text = PrometheusText.read(metrics.scrape());
        assertThat(text.complaints).isEmpty();
        return text;
    }

    @Test
    void aScrapeIsWellFormedAndTellsOfJobsQueuesCyclesRequestsAndTheLeader() throws Exception {
        metrics.leading(() -> true);
        metrics.certificate(() -> Optional.of(Instant.ofEpochSecond(1_800_000_000)));
        metrics.request("POST", "pods/binding", 201, Duration.ofMillis(7));
        metrics.request("POST", "pods/binding", 409, Duration.ofMillis(3));
        metrics.request("GET", "mltrains", 0, Duration.ofSeconds(11));
        metrics.review("/validate-mltrain", ReviewObserver.Outcome.REFUSED, Duration.ofMillis(2));
        SimulatedEngine simulation = SimulatedEngine.builder()
                .nodes(1, 16, 4)
                .policy(metrics.measured(new PriorityPolicy()))
                .replicas(replica -> replica.attempt().number() == 1
                        ? ReplicaScript.failsAfter(Duration.ofMinutes(5), ExitStatus.ofSignal(9))
                        : ReplicaScript.succeedsAfter(Duration.ofHours(1)))
                .build();
        try (AutoCloseable meters = metrics.engine(simulation.engine())) {
            assertThat(meters).isNotNull();
            JobHandle first = simulation.submit(train("first", 4));
            simulation.submit(train("second", 4));
            simulation.runFor(Duration.ofMinutes(1));

            PrometheusText early = scrape();
            assertThat(early.samples)
                    .containsEntry("mlengine_jobs{phase=\"running\"}", 1.0)
                    .containsEntry("mlengine_jobs{phase=\"queued\"}", 1.0)
                    .containsEntry("mlengine_devices{state=\"held\"}", 4.0)
                    .containsEntry("mlengine_operator_leading{}", 1.0)
                    .containsEntry("mlengine_webhook_certificate_expiry_seconds{}", 1.8e9);

            simulation.runUntilEnded(first, Duration.ofDays(1));
            // Listeners hear of the end in a later step.
            simulation.runFor(Duration.ofMinutes(1));
            PrometheusText late = scrape();
            assertThat(late.samples)
                    .hasEntrySatisfying(
                            "mlengine_jobs_queue_time_seconds_count{queue=\"default\"}",
                            count -> assertThat(count).isGreaterThanOrEqualTo(3.0))
                    .hasEntrySatisfying(
                            "mlengine_scheduling_decisions_total{kind=\"start\"}",
                            count -> assertThat(count).isGreaterThanOrEqualTo(3.0))
                    .containsEntry(
                            "mlengine_kubernetes_requests_seconds_count{resource=\"pods/binding\",status=\"201\",verb=\"POST\"}",
                            1.0)
                    .containsEntry(
                            "mlengine_kubernetes_requests_seconds_count{resource=\"mltrains\",status=\"0\",verb=\"GET\"}",
                            1.0)
                    .containsEntry(
                            "mlengine_webhook_reviews_seconds_count{outcome=\"refused\",webhook=\"validate-mltrain\"}",
                            1.0);
            assertThat(late.types)
                    .containsEntry("mlengine_jobs_restarts_total", "counter")
                    .containsEntry("mlengine_jobs_finished_total", "counter")
                    .containsEntry("mlengine_jobs_queue_time_seconds", "histogram")
                    .containsEntry("mlengine_jobs_oldest_wait_seconds", "gauge")
                    .containsEntry("mlengine_scheduling_cycle_time_seconds", "histogram")
                    .containsEntry("mlengine_kubernetes_requests_seconds", "histogram")
                    .containsEntry("process_cpu_seconds_total", "counter")
                    .containsEntry("jvm_gc_memory_allocated_bytes_total", "counter");
        }
        assertThat(scrape().types).doesNotContainKey("mlengine_jobs").containsKey("mlengine_operator_leading");
    }
}
