package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeaderLeaseTest {
    private static final LeaseTimes TIMES = LeaseTimes.of(Duration.ofSeconds(15));

    private final VirtualTime time = new VirtualTime();
    private final SimulatedLease server = new SimulatedLease(time, new Random(1), Duration.ofMillis(20), 0);
    private final List<Long> tokens = new ArrayList<>();

    private SimulatedCandidate candidate(String name) {
        SimulatedCandidate candidate = new SimulatedCandidate(name, server, TIMES, time, tokens);
        candidate.start();
        return candidate;
    }

    private void pass(double seconds) {
        time.advance(Duration.ofMillis(Math.round(seconds * 1000)));
    }

    @Test
    void theFirstCandidateMakesTheLeaseAndLeadsAtOnce() {
        SimulatedCandidate first = candidate("first");
        pass(0.1);

        assertThat(first.isHeld()).isTrue();
        assertThat(first.lease.leadership().token()).isEqualTo(1);
        assertThat(first.lease.leadership().heldUntil())
                .hasValueSatisfying(until -> assertThat(until)
                        .isBetween(time.instant(), time.instant().plus(TIMES.renewDeadline())));
        assertThat(server.stored()).map(LeaseRecord::holder).contains("first");
    }

    @Test
    void aLeaderThatIsCutOffStopsBeforeTheNextBegins() {
        SimulatedCandidate first = candidate("first");
        pass(0.1);
        SimulatedCandidate second = candidate("second");
        pass(5);

        first.line.cut(true);
        pass(10);
        assertThat(first.isHeld()).isFalse();
        assertThat(first.heard).containsExactly("gained 1", "lost");
        assertThat(second.isHeld()).isFalse();
        pass(8);

        assertThat(second.heard).containsExactly("gained 2");
    }

    @Test
    void aLeaderThatComesBackToItsOwnLeaseLeadsUnderAHigherToken() {
        SimulatedCandidate only = candidate("only");
        pass(1);
        server.reachable(false);
        pass(12);
        assertThat(only.heard).containsExactly("gained 1", "lost");

        server.reachable(true);
        pass(8);

        assertThat(only.heard).containsExactly("gained 1", "lost", "gained 2");
    }

    @Test
    void aStandByWhoseServerIsAwayForHoursNeedsNoRestart() {
        SimulatedCandidate only = candidate("only");
        pass(1);
        server.reachable(false);
        for (int i = 0; i < 120; i++) {
            pass(60);
            assertThat(only.lease.trouble()).isEmpty();
        }
    }

    @Test
    void anOutageShorterThanTheDeadlineIsSurvived() {
        SimulatedCandidate only = candidate("only");
        pass(1);
        server.reachable(false);
        pass(5);
        server.reachable(true);
        pass(30);

        assertThat(only.heard).containsExactly("gained 1");
    }

    @Test
    void aLeaseThatIsGivenUpIsTakenAtTheNextLook() {
        SimulatedCandidate first = candidate("first");
        pass(0.1);
        SimulatedCandidate second = candidate("second");
        pass(1);

        assertThat(first.lease.release()).isNotDone();
        assertThat(first.isHeld()).isFalse();
        pass(2.5);

        assertThat(first.heard).containsExactly("gained 1", "lost");
        assertThat(second.heard).containsExactly("gained 2");
    }

    @Test
    void aReleaseIsRepeatedWhenAnOwnRenewalWasFaster() {
        SimulatedCandidate first = candidate("first");
        pass(0.1);

        first.lease.release();
        server.touch();
        pass(1);

        assertThat(server.stored()).map(LeaseRecord::isFree).contains(true);
    }

    @Test
    void aLeaseThatWasDeletedIsWaitedFor() {
        SimulatedCandidate first = candidate("first");
        pass(0.1);
        SimulatedCandidate second = candidate("second");
        pass(1);

        first.line.cut(true);
        server.delete();
        pass(14);
        assertThat(second.isHeld()).isFalse();
        pass(4);

        assertThat(second.heard).containsExactly("gained 2");
    }

    @Test
    void tokensGoOnRisingWhenTheLeaseWasMadeAnew() {
        SimulatedCandidate first = candidate("first");
        pass(0.1);
        server.reachable(false);
        pass(30);
        server.reachable(true);
        pass(13);
        assertThat(first.heard).endsWith("gained 2");

        server.delete();
        SimulatedCandidate second = candidate("second");
        pass(3);
        assertThat(second.heard).containsExactly("gained 1");
        second.line.cut(true);
        pass(20);

        assertThat(first.heard).endsWith("gained 3");
    }

    @Test
    void aLeaderStepsDownWhenTheLeaseIsGone() {
        SimulatedCandidate only = candidate("only");
        pass(1);

        server.delete();
        pass(3);

        assertThat(only.heard).containsExactly("gained 1", "lost");
    }

    @Test
    void timesThatDoNotFitTogetherAreRefused() {
        Duration second = Duration.ofSeconds(1);

        assertThatThrownBy(() -> new LeaseTimes(second, second, second)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LeaseTimes.of(Duration.ofMillis(900))).isInstanceOf(IllegalArgumentException.class);
        assertThat(LeaseTimes.of(Duration.ofSeconds(15)))
                .isEqualTo(new LeaseTimes(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2)));
    }
}
