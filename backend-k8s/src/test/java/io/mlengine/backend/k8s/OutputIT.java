package io.mlengine.backend.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.cluster.ClusterSettings;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodEnd;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.Cleanup;
import io.mlengine.spi.backend.LogCursor;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ReplicaId;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutputIT {
    private static final String POD = "speaker-worker-0-a1";
    private static final List<LogRule> RULES = List.of(
            LogRule.progress("loss (?<loss>[0-9.]+)"),
            LogRule.failure("link down", FailureClass.INFRASTRUCTURE, "LinkDown"));

    private final KubernetesServer server = KubernetesServer.shared();
    private final ClusterFixture cluster = new ClusterFixture(server, pod -> PodScript.runsUntilDeleted());
    private final FakeOutput output = new FakeOutput();
    private ReplicaId replica;

    @BeforeEach
    void launch() {
        cluster.addNodes(1, output::serves);
        cluster.start(ClusterSettings.builder().build());
        AttemptId attempt = cluster.attempt("speaker");
        replica = ClusterFixture.replica(attempt, 0);
        cluster.reserve(attempt, 1);
        cluster.launch(attempt, 1, RULES).join();
        cluster.await(replica, status -> status.state() == ReplicaState.READY);
    }

    @AfterEach
    void close() {
        cluster.close();
        output.close();
    }

    @Test
    void whoFollowsReadsEachLineOnceAlsoWhenTheApiServerIsAwayMeanwhile() {
        List<String> read = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> end = follow(read);
        IntStream.range(0, 50).forEach(i -> output.write(POD, "line " + i));
        Await.until("the first lines are read", () -> read.size() == 50);

        server.stopApiServer();
        IntStream.range(50, 100).forEach(i -> output.write(POD, "line " + i));
        server.startApiServer();
        Await.until("the other lines are read", () -> read.size() >= 100);

        output.write(POD, "line 100");
        output.end(POD);
        cluster.kubelet.end(cluster.namespace, POD, PodEnd.exit(0));
        end.join();
        assertThat(read)
                .isEqualTo(IntStream.range(0, 101).mapToObj(i -> "line " + i).toList());
    }

    @Test
    void theOutputOfAFinishedPodStaysUntilThePodIsRemoved() {
        output.write(POD, "the result");
        output.end(POD);
        cluster.kubelet.end(cluster.namespace, POD, PodEnd.exit(0));
        cluster.await(replica, status -> !status.state().mayLive());
        List<String> kept = new CopyOnWriteArrayList<>();
        release(Cleanup.KEEP);
        read(kept, false).join();
        assertThat(kept).containsExactly("the result");

        release(Cleanup.REMOVE_WORK);
        Await.until("the pod is removed", () -> cluster.pods().isEmpty());
        List<String> gone = new CopyOnWriteArrayList<>();
        read(gone, false).join();
        assertThat(gone).isEmpty();
    }

    private void release(Cleanup cleanup) {
        cluster.backend()
                .release(replica.attempt(), cleanup, ClusterFixture.FENCE)
                .toCompletableFuture()
                .join();
    }

    private CompletableFuture<Void> follow(List<String> read) {
        return read(read, true);
    }

    private CompletableFuture<Void> read(List<String> read, boolean follow) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        cluster.backend().logs(replica, LogCursor.START, follow).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(LogLine line) {
                read.add(line.text());
            }

            @Override
            public void onError(Throwable error) {
                end.completeExceptionally(error);
            }

            @Override
            public void onComplete() {
                end.complete(null);
            }
        });
        return end;
    }

    @Test
    void theLastLinesAndWhatARuleSaysOfThemComeWithTheEnd() {
        output.write(POD, "link down");
        IntStream.range(0, 30).forEach(i -> output.write(POD, "line " + i));
        output.end(POD);
        cluster.kubelet.end(cluster.namespace, POD, PodEnd.exit(1));
        ReplicaStatus end = cluster.await(replica, status -> !status.state().mayLive());
        assertThat(end.lastLines())
                .isEqualTo(IntStream.range(10, 30).mapToObj(i -> "line " + i).toList());
        assertThat(end.failureClass()).contains(FailureClass.INFRASTRUCTURE);
        assertThat(end.reason()).isEqualTo("LinkDown");
    }

    @Test
    void progressIsReadFromTheOutput() {
        output.write(POD, "::mlengine-progress {\"step\": 3, \"total\": 10}");
        progress(3);
        output.write(POD, "::mlengine-progress {\"step\": 4, \"total\": 10}");
        progress(4);
    }

    private void progress(long step) {
        cluster.await(
                "step " + step,
                event -> event instanceof BackendEvent.ProgressReported report
                        && report.replica().equals(replica)
                        && report.progress().step().equals(OptionalLong.of(step)));
    }
}
