package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Several candidates with clocks of their own and one lease far away; looks at every moment whether two lead. */
final class SimulatedElection {
    private static final Duration STEP = Duration.ofMillis(5);

    final VirtualTime time = new VirtualTime();
    final Random chance;
    final SimulatedLease server;
    final List<SimulatedCandidate> candidates = new ArrayList<>();
    final List<Long> tokens = new ArrayList<>();

    SimulatedElection(long seed, int count, LeaseTimes times, Duration longest, double lost) {
        chance = new Random(seed);
        server = new SimulatedLease(time, chance, longest, lost);
        for (int i = 0; i < count; i++) {
            // Rates from 0.95 to 1.05: far more than real clocks differ, less than 2 : 3.
            SkewedClock clock = new SkewedClock(
                    time, 0.95 + chance.nextDouble() / 10, Duration.ofSeconds(chance.nextInt(200_000) - 100_000));
            candidates.add(new SimulatedCandidate("candidate-" + i, server, times, clock, tokens));
        }
        candidates.forEach(SimulatedCandidate::start);
    }

    Optional<SimulatedCandidate> leader() {
        return candidates.stream().filter(SimulatedCandidate::isHeld).findFirst();
    }

    /** Lets time pass and returns for how long nobody has led at its end. */
    Duration pass(Duration duration) {
        Duration vacant = Duration.ZERO;
        for (long i = 0; i < duration.dividedBy(STEP); i++) {
            time.advance(STEP);
            long holders =
                    candidates.stream().filter(SimulatedCandidate::isHeld).count();
            assertThat(holders).as("leaders at the same time").isLessThanOrEqualTo(1);
            vacant = holders == 0 ? vacant.plus(STEP) : Duration.ZERO;
        }
        return vacant;
    }

    void requireTokensRiseAndTermsAlternate() {
        for (int i = 1; i < tokens.size(); i++) {
            assertThat(tokens.get(i)).isGreaterThan(tokens.get(i - 1));
        }
        for (SimulatedCandidate candidate : candidates) {
            for (int i = 0; i < candidate.heard.size(); i++) {
                assertThat(candidate.heard.get(i)).startsWith(i % 2 == 0 ? "gained" : "lost");
            }
        }
    }
}
