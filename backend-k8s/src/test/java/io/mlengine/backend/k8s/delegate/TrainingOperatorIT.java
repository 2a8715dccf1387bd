package io.mlengine.backend.k8s.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.PodEnd;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Jobs that the real training operator of Kubeflow runs, where there is one; only the nodes pretend. */
@Timeout(240)
@ExtendWith(TrainingOperatorIT.ShowsLog.class)
class TrainingOperatorIT {
    /** The operator that pretends looks after another kind here. */
    private final DelegateCluster cluster = new DelegateCluster(DelegateCluster.XGBOOST);

    private Optional<RealTrainingOperator> operator = Optional.empty();

    /** Adds what the operator said to a failure. */
    static final class ShowsLog implements TestExecutionExceptionHandler {
        @Override
        public void handleTestExecutionException(ExtensionContext context, Throwable failure) {
            TrainingOperatorIT test = (TrainingOperatorIT) context.getRequiredTestInstance();
            String said = test.operator.map(RealTrainingOperator::log).orElse("");
            throw new AssertionError(failure.getMessage() + "\nThe operator said:\n" + said, failure);
        }
    }

    @BeforeAll
    static void find() {
        assumeTrue(
                RealTrainingOperator.program().isPresent(),
                "no training-operator in $KUBEBUILDER_ASSETS (.ci/newer-kubernetes builds one)");
    }

    @BeforeEach
    void start() {
        cluster.server.needsControllers();
        Path program = RealTrainingOperator.program().orElseThrow();
        operator = Optional.of(RealTrainingOperator.start(program, cluster.server, cluster.namespace));
        cluster.startEngine();
    }

    @AfterEach
    void close() {
        operator.ifPresent(RealTrainingOperator::close);
        cluster.close();
        // Other tests want the kind as they know it.
        KubeflowDefinitions.install(cluster.client, "pytorchjobs");
    }

    private void run(String name) {
        cluster.apply(cluster.train(name, DelegateCluster.PYTORCH));
        cluster.await(name, "Running");
        cluster.await(name, "has all", status -> "3/3".equals(status.ready()));
    }

    @Test
    void aJobIsPlacedAsAGangRunsAndSucceeds() {
        run("mnist");

        assertThat(cluster.pods())
                .extracting(pod -> pod.getMetadata().getName())
                .containsExactlyInAnyOrder("mnist-master-0", "mnist-worker-0", "mnist-worker-1");
        assertThat(cluster.pods()).allSatisfy(pod -> {
            assertThat(pod.getSpec().getSchedulerName()).isEqualTo("mlengine");
            assertThat(pod.getMetadata().getLabels()).containsEntry(Labels.GANG, "mnist");
            assertThat(pod.getSpec().getNodeName()).isNotNull();
        });

        for (Pod pod : cluster.pods()) {
            cluster.kubelet.end(cluster.namespace, pod.getMetadata().getName(), PodEnd.exit(0));
        }
        MLTrainStatus ended = cluster.await("mnist", "Succeeded");
        assertThat(ended.finishedAt()).isNotNull();
        assertThat(ended.message()).contains("mnist");
    }

    @Test
    void aProgramThatFailsFailsTheJob() {
        run("mnist");

        cluster.kubelet.end(cluster.namespace, "mnist-master-0", PodEnd.exit(1));

        MLTrainStatus failed = cluster.await("mnist", "Failed");
        assertThat(failed.reason()).startsWith("PyTorchJob");
    }

    @Test
    void itIsHeldBackAndGoesOnWithOtherPods() {
        run("mnist");
        List<String> before = uids();

        cluster.desire("mnist", "Suspend");
        cluster.await("mnist", "Suspended");
        Await.until("its pods are gone", () -> cluster.pods().isEmpty());
        cluster.desire("mnist", "Run");

        MLTrainStatus running = cluster.await("mnist", "Running");
        assertThat(running.attempt()).isEqualTo(2);
        cluster.await("mnist", "has all", status -> "3/3".equals(status.ready()));
        assertThat(uids()).hasSize(3).doesNotContainAnyElementsOf(before);
    }

    @Test
    void aCancelTakesItsPodsAlong() {
        run("mnist");

        cluster.desire("mnist", "Cancel");

        cluster.await("mnist", "Cancelled");
        Await.until("its pods are gone", () -> cluster.pods().isEmpty());
    }

    private List<String> uids() {
        return cluster.pods().stream().map(pod -> pod.getMetadata().getUid()).toList();
    }
}
