package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mlengine.backend.k8s.pod.StartTrouble;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ReplicaId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ReplicasTest {
    private static final ReplicaId FIRST = TestPods.replica(0);
    private static final ReplicaId SECOND = TestPods.replica(1);

    private final List<ReplicaStatus> told = new ArrayList<>();
    private final Replicas replicas = new Replicas(new Ownership(TestPods.OWNERS), told::add);

    @Test
    void eachChangeIsToldOnceWithARisingRevision() {
        Pod waiting = TestPods.pod(FIRST, 5).build();
        replicas.changed(waiting);
        replicas.changed(waiting);
        replicas.changed(TestPods.running(FIRST, 7, "n1"));
        replicas.changed(TestPods.ended(FIRST, 9, "n1", 0));
        assertThat(states()).containsExactly(ReplicaState.PENDING, ReplicaState.READY, ReplicaState.SUCCEEDED);
        assertThat(told).extracting(ReplicaStatus::revision).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void anOlderStateThatComesLateIsIgnored() {
        replicas.changed(TestPods.running(FIRST, 7, "n1"));
        replicas.changed(TestPods.pod(FIRST, 5).build());
        assertThat(states()).containsExactly(ReplicaState.READY);
    }

    @Test
    void anEndIsFinalEvenWhenThePodGoes() {
        replicas.changed(TestPods.ended(FIRST, 9, "n1", 3));
        replicas.gone(TestPods.ended(FIRST, 11, "n1", 3));
        assertThat(states()).containsExactly(ReplicaState.FAILED);
        assertThat(replicas.place(FIRST)).isEqualTo(LogPlace.REMOVED);
        assertThat(replicas.isLive(TestPods.ATTEMPT)).isFalse();
        assertThat(replicas.tellIfKnown(FIRST)).as("it was started once").isTrue();
    }

    @Test
    void whatIsFollowedEndsAlsoWhenItsJobsObjectHasBeenTornAway() {
        AtomicBoolean isThere = new AtomicBoolean(true);
        Replicas of =
                new Replicas(new Ownership(job -> TestPods.OWNERS.find(job).filter(owner -> isThere.get())), told::add);
        of.changed(TestPods.running(FIRST, 7, "n1"));
        of.changed(TestPods.running(SECOND, 8, "n1"));
        isThere.set(false);

        of.gone(TestPods.running(FIRST, 9, "n1"));
        of.changed(TestPods.ended(SECOND, 10, "n1", 0));

        assertThat(newest(FIRST).state()).isEqualTo(ReplicaState.GONE);
        assertThat(newest(SECOND).state()).isEqualTo(ReplicaState.SUCCEEDED);
        assertThat(of.isLive(TestPods.ATTEMPT)).isFalse();
        Pod namesake = TestPods.pod(FIRST, 11)
                .editMetadata()
                .withUid("another")
                .endMetadata()
                .build();
        assertThat(of.idOf(namesake)).isEmpty();
    }

    @Test
    void aPodThatWentUnseenIsGoneAndOneThatIsYoungerThanTheListIsNot() {
        replicas.changed(TestPods.running(FIRST, 7, "n1"));
        replicas.changed(TestPods.pod(SECOND, 20).build());
        replicas.sync(List.of(), 10);
        assertThat(newest(FIRST).state()).isEqualTo(ReplicaState.GONE);
        assertThat(newest(SECOND).state()).isEqualTo(ReplicaState.PENDING);
    }

    @Test
    void aSyncTellsEverythingAgain() {
        replicas.changed(TestPods.running(FIRST, 7, "n1"));
        replicas.changed(TestPods.ended(SECOND, 8, "n1", 0));
        told.clear();
        replicas.sync(List.of(TestPods.running(FIRST, 7, "n1"), TestPods.ended(SECOND, 8, "n1", 0)), 10);
        assertThat(told).extracting(ReplicaStatus::id).containsExactly(FIRST, SECOND);
    }

    @Test
    void whatEndedIsToldByTheSyncEvenWhileItsLastOutputIsRead() {
        try (KubernetesClient unasked =
                new KubernetesClientBuilder().withConfig(Config.empty()).build()) {
            Executor neverReads = reading -> {};
            replicas.readEndings(new Endings(
                    new OutputEnd(new PodOutput(unasked), Duration.ofSeconds(2)), new Attempts(), neverReads));
            replicas.changed(TestPods.ended(FIRST, 8, "n1", 0));
            assertThat(told).isEmpty();
            replicas.sync(List.of(TestPods.ended(FIRST, 8, "n1", 0)), 10);
            assertThat(newest(FIRST).state()).isEqualTo(ReplicaState.SUCCEEDED);
        }
    }

    @Test
    void aSilentNodeMakesItsReplicasLostUntilItSpeaks() {
        replicas.changed(TestPods.running(FIRST, 7, "n1"));
        replicas.changed(TestPods.running(SECOND, 8, "n2"));
        replicas.silentNodes(Set.of("n1"));
        assertThat(newest(FIRST).state()).isEqualTo(ReplicaState.LOST);
        replicas.silentNodes(Set.of());
        assertThat(newest(FIRST).state()).isEqualTo(ReplicaState.READY);
        assertThat(told).filteredOn(status -> status.id().equals(SECOND)).hasSize(1);
        assertThat(told)
                .filteredOn(status -> status.id().equals(FIRST))
                .extracting(ReplicaStatus::revision)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void whyAPodWasGivenUpIsToldWhenItIsGone() {
        replicas.changed(TestPods.pod(FIRST, 5).build());
        replicas.doom(FIRST, new StartTrouble(FailureClass.INFRASTRUCTURE, "BindFailed", "no", true));
        assertThat(states()).containsExactly(ReplicaState.PENDING);
        assertThat(replicas.unbound(TestPods.ATTEMPT)).isEmpty();
        replicas.gone(TestPods.pod(FIRST, 6).build());
        assertThat(newest(FIRST).state()).isEqualTo(ReplicaState.FAILED);
        assertThat(newest(FIRST).reason()).isEqualTo("BindFailed");
    }

    @Test
    void aPodWithOurLabelsInAnotherPlaceIsNoReplica() {
        replicas.changed(TestPods.pod(FIRST, 5)
                .editMetadata()
                .withNamespace("other")
                .endMetadata()
                .build());
        replicas.changed(TestPods.pod(FIRST, 5)
                .editMetadata()
                .withName("another")
                .endMetadata()
                .build());
        assertThat(told).isEmpty();
    }

    @Test
    void aFinishedPodThatStaysIsRememberedForItsOutputUntilItGoes() {
        Pod ended = TestPods.ended(FIRST, 9, "n1", 0);
        replicas.changed(ended);
        replicas.forget(TestPods.ATTEMPT);
        assertThat(replicas.place(FIRST).phase()).isEqualTo(LogPlace.Phase.ENDED);
        replicas.gone(ended);
        assertThat(replicas.tellIfKnown(FIRST)).isFalse();
    }

    private List<ReplicaState> states() {
        return told.stream().map(ReplicaStatus::state).toList();
    }

    private ReplicaStatus newest(ReplicaId replica) {
        return told.stream()
                .filter(status -> status.id().equals(replica))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }
}
