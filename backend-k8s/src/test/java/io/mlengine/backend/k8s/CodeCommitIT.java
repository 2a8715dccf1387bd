package io.mlengine.backend.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.cluster.ClusterSettings;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.GitSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A branch becomes one commit for all replicas of an attempt, although each pod fetches by itself. */
class CodeCommitIT {
    private static final String COMMIT = "8c2f1d0e9b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d";
    private static final int REPLICAS = 4;

    private final KubernetesServer server = KubernetesServer.shared();
    private final ClusterFixture cluster = new ClusterFixture(server, pod -> PodScript.runsUntilDeleted());
    private final FakeOutput output = new FakeOutput();
    private final ClusterSettings settings = ClusterSettings.builder()
            .pods(PodConfig.builder().gitSyncImage("git-sync:v4").build())
            .build();

    @AfterEach
    void close() {
        cluster.close();
        output.close();
    }

    private AttemptId launched(String job, String revision) {
        cluster.code(CodeSource.builder()
                .git(GitSource.builder()
                        .repository("https://example.org/bert.git")
                        .revision(revision)
                        .build())
                .build());
        cluster.addNodes(1, output::serves);
        cluster.start(settings);
        AttemptId attempt = cluster.attempt(job);
        cluster.reserve(attempt, REPLICAS);
        cluster.launch(attempt, REPLICAS).join();
        return attempt;
    }

    private static void says(FakeOutput output, String pod, String commit) {
        output.write(pod, "{\"msg\":\"updated successfully\",\"ref\":\"main\",\"remote\":\"" + commit + "\"}");
        output.end(pod);
    }

    private List<Pod> bound() {
        return cluster.pods().stream()
                .filter(pod -> pod.getSpec().getNodeName() != null)
                .toList();
    }

    private void awaitAllWith(AttemptId attempt, String commit) {
        for (int i = 0; i < REPLICAS; i++) {
            cluster.await(
                    ClusterFixture.replica(attempt, i),
                    status -> status.state() == ReplicaState.READY
                            && status.codeCommit().equals(java.util.Optional.of(commit)));
        }
        assertThat(cluster.pods())
                .hasSize(REPLICAS)
                .allSatisfy(pod ->
                        assertThat(pod.getMetadata().getAnnotations()).containsEntry(Labels.CODE_REVISION, commit));
    }

    @Test
    void aCommitIsFetchedByAllAtOnce() {
        awaitAllWith(launched("exact", COMMIT), COMMIT);
    }

    @Test
    void oneGoesFirstAndTheOthersFollowWithItsCommit() {
        AttemptId attempt = launched("branch", "main");
        cluster.await(ClusterFixture.replica(attempt, 0), status -> status.state() == ReplicaState.READY);
        assertThat(bound()).extracting(pod -> pod.getMetadata().getName()).containsExactly("branch-worker-0-a1");

        says(output, "branch-worker-0-a1", COMMIT);

        awaitAllWith(attempt, COMMIT);
        Await.until(
                "the commit is told",
                () -> server.client().v1().events().inNamespace(cluster.namespace).list().getItems().stream()
                        .anyMatch(event -> "CodeResolved".equals(event.getReason())
                                && event.getMessage().contains("commit " + COMMIT + " of revision main")));
    }

    @Test
    void theNextEngineGoesOnWhereTheFirstEnded() {
        AttemptId attempt = launched("handed", "main");
        cluster.await(ClusterFixture.replica(attempt, 0), status -> status.state() == ReplicaState.READY);

        cluster.restart(settings);
        cluster.reserve(attempt, REPLICAS);
        says(output, "handed-worker-0-a1", COMMIT);

        awaitAllWith(attempt, COMMIT);
    }

    @Test
    void whenTheFirstIsLostAnotherGoesFirst() {
        AttemptId attempt = launched("lost", "main");
        cluster.await(ClusterFixture.replica(attempt, 0), status -> status.state() == ReplicaState.READY);

        server.client()
                .pods()
                .inNamespace(cluster.namespace)
                .withName("lost-worker-0-a1")
                .delete();

        cluster.await(ClusterFixture.replica(attempt, 1), status -> status.state() == ReplicaState.READY);
        says(output, "lost-worker-1-a1", COMMIT);
        cluster.await(ClusterFixture.replica(attempt, 3), status -> status.state() == ReplicaState.READY);
    }

    @Test
    void whereGitSyncNamesNoCommitNobodyFollows() {
        AttemptId attempt = launched("mute", "main");
        output.end("mute-worker-0-a1");

        ReplicaStatus end = cluster.await(
                ClusterFixture.replica(attempt, 1), status -> !status.state().mayLive());

        assertThat(end.reason()).isEqualTo("CodeCommitUnknown");
        assertThat(end.failureClass()).contains(FailureClass.CONFIGURATION);
        assertThat(end.message()).contains("Maybe name a full commit in code.git.revision");
    }
}
