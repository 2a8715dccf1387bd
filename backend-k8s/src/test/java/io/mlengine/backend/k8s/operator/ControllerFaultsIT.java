package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.BreakableLine;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodScript;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The API server and the way to it fail while jobs go through: none is lost, no pod is doubled, nothing starts again. */
@Timeout(300)
class ControllerFaultsIT {
    private static final List<String> MANY =
            IntStream.range(0, 20).mapToObj(i -> "small-" + i).toList();
    private static final int OUTAGE_MILLIS = 3000;

    private final KubernetesServer server = KubernetesServer.shared();
    private final JobsFixture jobs = new JobsFixture(server, ControllerFaultsIT::script);

    private static PodScript script(Pod pod) {
        return pod.getMetadata().getName().startsWith("small")
                ? PodScript.exits(0).after(Duration.ofMillis(300))
                : PodScript.runsUntilDeleted();
    }

    @AfterEach
    void end() {
        jobs.close();
    }

    private CompletableFuture<Void> applyMany() {
        return CompletableFuture.runAsync(() -> MANY.forEach(name -> jobs.apply(jobs.train(name, 2))));
    }

    private void awaitMany(CompletableFuture<Void> applied) {
        applied.join();
        for (String name : MANY) {
            assertThat(jobs.await(name, "Succeeded").attempt()).as(name).isEqualTo(1);
        }
        jobs.assertNoDoublePod();
    }

    @Test
    void jobsGoThroughARestartOfTheApiServer() {
        jobs.nodes.add(2, 8);
        jobs.startOperator();
        CompletableFuture<Void> applied = applyMany();
        jobs.await("small-3", "starts", status -> status.attempt() != null && status.attempt() == 1);

        server.killApiServer();
        server.startApiServer();

        awaitMany(applied);
    }

    @Test
    void jobsGoThroughAPauseOfEtcd() {
        jobs.nodes.add(2, 8);
        jobs.startOperator();
        CompletableFuture<Void> applied = applyMany();
        jobs.await("small-3", "starts", status -> status.attempt() != null && status.attempt() == 1);

        server.pauseEtcd();
        try (KubernetesClient hurried = server.newClient(
                config -> config.withRequestRetryBackoffLimit(0).withRequestTimeout(OUTAGE_MILLIS))) {
            assertThatThrownBy(() -> hurried.resource(new ConfigMapBuilder()
                                    .withNewMetadata()
                                    .withName("never")
                                    .withNamespace(jobs.namespace)
                                    .endMetadata()
                                    .build())
                            .create())
                    .isInstanceOf(KubernetesClientException.class);
        }
        server.resumeEtcd();

        awaitMany(applied);
    }

    @Test
    void jobsGoThroughALineThatIsCutAllTheTime() {
        jobs.nodes.add(2, 8);
        try (BreakableLine line = BreakableLine.to(jobs.client.getConfiguration())) {
            jobs.startOperator(line.config(jobs.client.getConfiguration()));
            AtomicInteger seen = new AtomicInteger();
            // Every seventh change of a pod: in the middle of starts, bindings and status writes.
            jobs.ledger.onChange(ledger -> {
                if (seen.incrementAndGet() % 7 == 0) {
                    line.cutAll();
                }
            });
            awaitMany(applyMany());
            assertThat(seen.get()).as("changes of pods").isGreaterThan(2 * 2 * MANY.size());
            jobs.close();
        }
    }

    @Test
    void aControllerThatStartsWhileTheApiServerIsAwayStartsWhenItIsBack() {
        jobs.nodes.add(1, 2);
        jobs.apply(jobs.train("digits", 2));
        server.stopApiServer();
        jobs.startOperator();
        Await.until("the first start has failed", () -> jobs.hasFailedToStart());
        server.startApiServer();

        assertThat(jobs.await("digits", "Running").attempt()).isEqualTo(1);
        jobs.assertNoDoublePod();
    }
}
