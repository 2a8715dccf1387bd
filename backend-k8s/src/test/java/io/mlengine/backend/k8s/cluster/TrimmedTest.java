package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.mlengine.backend.k8s.pod.ClaimState;
import io.mlengine.backend.k8s.pod.PodStatuses;
import io.mlengine.backend.k8s.pod.PodView;
import org.junit.jupiter.api.Test;

class TrimmedTest {
    @Test
    void whatIsLeftStillTellsThatSomebodyElseHasDeletedIt() {
        Pod deleted = new PodBuilder(TestPods.running(TestPods.replica(0), 5, "n1"))
                .editMetadata()
                .withDeletionTimestamp("2026-11-26T10:01:30Z")
                .withDeletionGracePeriodSeconds(30L)
                .endMetadata()
                .editStatus()
                .editContainerStatus(0)
                .withNewState()
                .withNewTerminated()
                .withExitCode(143)
                .withReason("Error")
                .withFinishedAt("2026-11-26T10:01:01Z")
                .endTerminated()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
        assertThat(PodStatuses.of(TestPods.replica(0), deleted, PodView.RUNNING).reason())
                .isEqualTo("Deleted");
        assertThat(PodStatuses.of(TestPods.replica(0), Trimmed.of(deleted), PodView.RUNNING))
                .isEqualTo(PodStatuses.of(TestPods.replica(0), deleted, PodView.RUNNING));
    }

    @Test
    void whatIsLeftOfAReplicaThatWaitsForItsNodeTellsItsClaims() {
        Pod waiting = TestPods.pod(TestPods.replica(0), 5)
                .editSpec()
                .addNewVolume()
                .withName("data")
                .withNewPersistentVolumeClaim()
                .withClaimName("data")
                .endPersistentVolumeClaim()
                .endVolume()
                .endSpec()
                .build();
        assertThat(ClaimState.names(Trimmed.of(waiting))).containsExactly("data");
    }
}
