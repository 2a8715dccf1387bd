package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The laws of the election, under clocks that differ and a network that delays and loses. */
class LeaderLeaseProperties {
    private static final LeaseTimes TIMES = LeaseTimes.of(Duration.ofSeconds(2));

    /** As near to each other as the clocks of the simulation allow. */
    private static final LeaseTimes TIGHT =
            new LeaseTimes(TIMES.leaseDuration(), Duration.ofMillis(1800), Duration.ofMillis(200));

    /** When the first of the candidates that are left must lead: their looks are a period and two requests apart. */
    private static final Duration TAKEN_OVER = Duration.ofMillis(3000);

    @Property
    void neverTwoLeadAndTokensRiseWhateverTheNetworkDoes(
            @ForAll long seed,
            @ForAll @IntRange(min = 2, max = 4) int count,
            @ForAll @IntRange(max = 60) int lostPercent) {
        SimulatedElection election =
                new SimulatedElection(seed, count, TIGHT, TIGHT.leaseDuration().multipliedBy(2), lostPercent / 100.0);

        for (int i = 0; i < 40; i++) {
            election.candidates.forEach(candidate -> candidate.line.cut(election.chance.nextInt(5) == 0));
            election.server.reachable(election.chance.nextInt(10) != 0);
            if (election.chance.nextInt(4) == 0) {
                election.server.touch();
            }
            election.time.jumpWall(Duration.ofSeconds(election.chance.nextInt(7200) - 3600));
            election.pass(Duration.ofMillis(election.chance.nextInt(3000)));
        }

        election.requireTokensRiseAndTermsAlternate();
    }

    @Property
    void someoneLeadsSoonAfterTheLeaderHangs(@ForAll long seed, @ForAll @IntRange(min = 2, max = 4) int count) {
        SimulatedElection election = new SimulatedElection(seed, count, TIMES, Duration.ofMillis(100), 0);
        assertThat(election.pass(Duration.ofSeconds(3))).isZero();

        SimulatedCandidate hung = election.leader().orElseThrow();
        hung.line.cut(true);
        election.pass(TAKEN_OVER);

        assertThat(hung.isHeld()).isFalse();
        assertThat(election.leader()).isPresent();
        election.requireTokensRiseAndTermsAlternate();
    }

    @Property(tries = 100)
    void aLeaderThatIsHealthyIsNeverReplaced(@ForAll long seed, @ForAll @IntRange(min = 2, max = 4) int count) {
        SimulatedElection election = new SimulatedElection(seed, count, TIMES, Duration.ofMillis(200), 0);

        election.pass(Duration.ofSeconds(2));
        for (int i = 0; i < 60; i++) {
            election.server.touch();
            assertThat(election.pass(Duration.ofMillis(500))).isZero();
        }

        assertThat(election.tokens).hasSize(1);
    }
}
