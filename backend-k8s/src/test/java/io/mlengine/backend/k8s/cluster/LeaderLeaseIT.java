package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The election at a real API server, with short and usual leases. */
@Timeout(120)
class LeaderLeaseIT {
    /** The lease and a look, on a machine that is busy; the exact bound is a law of the simulation. */
    private static final Duration TAKEN_OVER = RealCandidate.SHORT
            .leaseDuration()
            .plus(RealCandidate.SHORT.period())
            .plusSeconds(8);

    private final KubernetesServer server = KubernetesServer.shared();
    private final Config config = server.client().getConfiguration();
    private String namespace = "";

    @BeforeEach
    void makeNamespace() {
        namespace = server.newNamespace();
    }

    private RealCandidate candidate(String name, LeaseTimes times) {
        return new RealCandidate(config, namespace, name, times);
    }

    private RealCandidate leader(String name, LeaseTimes times) {
        RealCandidate candidate = candidate(name, times);
        Await.until(name + " leads", candidate::isHeld);
        return candidate;
    }

    private Resource<Lease> lease() {
        return server.client().leases().inNamespace(namespace).withName(RealCandidate.LEASE);
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    @Test
    void aLeaderThatHangsIsReplacedInTimeAndHasStoppedBefore() {
        try (RealCandidate first = leader("first", RealCandidate.SHORT);
                RealCandidate second = candidate("second", RealCandidate.SHORT);
                Witness witness = new Witness(second, first)) {
            Await.until("second has looked", () -> lease().get().getSpec().getRenewTime() != null);
            long hungAt = System.nanoTime();
            first.hang();
            Await.until("second leads", second::isHeld);

            assertThat(since(hungAt)).isLessThan(TAKEN_OVER);
            assertThat(first.isHeld()).isFalse();
            assertThat(witness.sawTwoLeaders()).isFalse();
            Await.until("first heard of it", () -> !first.reasons.isEmpty());
            Await.until("second heard of it", () -> !second.tokens.isEmpty());
            assertThat(second.tokens.get(0)).isGreaterThan(first.tokens.get(0));
        }
    }

    @Test
    void aLeaderThatClosesLeavesNothingToWaitFor() {
        try (RealCandidate second = secondAfterFirstClosed()) {
            long closedAt = System.nanoTime();
            Await.until("second leads", second::isHeld);

            assertThat(since(closedAt)).isLessThan(RealCandidate.LONG.leaseDuration());
            assertThat(lease().get().getSpec().getHolderIdentity()).isEqualTo("second");
            assertThat(lease().get().getSpec().getLeaseTransitions()).isEqualTo(2);
        }
        assertThat(lease().get().getSpec().getHolderIdentity()).isNullOrEmpty();
    }

    private RealCandidate secondAfterFirstClosed() {
        try (RealCandidate first = leader("first", RealCandidate.LONG)) {
            assertThat(first.reasons).isEmpty();
            return candidate("second", RealCandidate.LONG);
        }
    }

    @Test
    void anApiServerThatIsBackInTimeCostsNothingAndALongOutageCostsTheTerm() throws InterruptedException {
        try (RealCandidate only = leader("only", RealCandidate.LONG)) {
            server.pauseEtcd();
            TimeUnit.MILLISECONDS.sleep(RealCandidate.LONG.period().toMillis());
            server.resumeEtcd();
            assertThat(only.reasons).isEmpty();

            server.stopApiServer();
            Await.until("the term ends", () -> !only.isHeld());
            server.startApiServer();
            Await.until("it leads again", only::isHeld);

            Await.until("it heard of it", () -> only.tokens.size() == 2);
            assertThat(only.reasons).hasSize(1);
            assertThat(only.tokens.get(1)).isGreaterThan(only.tokens.get(0));
        }
    }

    @Test
    void aCandidateNeverOverwritesWhatItHasNotSeen() {
        KubernetesLeaseApi api = new KubernetesLeaseApi(
                config, namespace, RealCandidate.LEASE, RealCandidate.LONG, RequestObserver.NONE);
        try (RealCandidate first = leader("first", RealCandidate.LONG)) {
            LeaseRecord stale = api.read().toCompletableFuture().join().orElseThrow();
            Await.until(
                    "first has renewed",
                    () -> !lease().get().getMetadata().getResourceVersion().equals(stale.version()));

            assertThat(api.write(
                            LeaseRecord.taken("second", stale.transitions() + 1, stale.renewedAt(), stale.version())))
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableThat()
                    .withRootCauseInstanceOf(KubernetesClientException.class)
                    .withMessageContaining("somebody else has written the lease");
            assertThat(first.isHeld()).isTrue();
        } finally {
            api.close();
        }
    }

    @Test
    void somebodyWhoWritesTheLeaseAgainAndAgainDoesNotEndTheTerm() throws InterruptedException {
        try (RealCandidate first = leader("first", RealCandidate.LONG);
                RealCandidate second = candidate("second", RealCandidate.LONG)) {
            long begin = System.nanoTime();
            int writes = 0;
            while (since(begin).compareTo(RealCandidate.LONG.renewDeadline().plus(RealCandidate.LONG.period())) < 0) {
                lease().patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                "{\"metadata\":{\"annotations\":{\"stranger\":\"" + writes++ + "\"}}}");
                TimeUnit.MILLISECONDS.sleep(50);
            }

            assertThat(writes).isGreaterThan(10);
            assertThat(first.reasons).isEmpty();
            assertThat(second.tokens).isEmpty();
            assertThat(List.of(first.isHeld(), second.isHeld())).containsExactly(true, false);
        }
    }
}
