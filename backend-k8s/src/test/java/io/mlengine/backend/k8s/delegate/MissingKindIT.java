package io.mlengine.backend.k8s.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.resource.MLTrainStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A job for a kind that is not installed, and is later. */
@Timeout(240)
class MissingKindIT {
    private final DelegateCluster cluster = new DelegateCluster(DelegateCluster.XGBOOST);

    @AfterEach
    void close() {
        cluster.close();
        KubeflowDefinitions.remove(cluster.client, "xgboostjobs");
    }

    @Test
    void theJobWaitsForTheKind() {
        cluster.startEngine();
        cluster.apply(cluster.train("trees", DelegateCluster.XGBOOST));

        MLTrainStatus waiting = cluster.await("trees", "Queued");
        assertThat(waiting.reason()).isEqualTo("KindNotInstalled");
        assertThat(waiting.message()).isEqualTo("XGBoostJob of kubeflow.org/v1 is not installed in this cluster");
        assertThat(waiting.attempt()).isZero();

        KubeflowDefinitions.install(cluster.client, "xgboostjobs");
        MLTrainStatus running = cluster.await("trees", "Running");
        assertThat(running.attempt()).isEqualTo(1);
        cluster.operator.say("trees", "Succeeded");
        cluster.await("trees", "Succeeded");
    }
}
