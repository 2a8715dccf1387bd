package io.mlengine.backend.local.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.local.prepare.CachedEnvironment.State;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvironmentLimitsTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final EnvironmentLimits ROOMY = new EnvironmentLimits(Duration.ofDays(30), 1_000);

    private final CachedEnvironment today = environment("today", State.READY, 100, 0);
    private final CachedEnvironment lastWeek = environment("last-week", State.READY, 100, 7);
    private final CachedEnvironment lastYear = environment("last-year", State.READY, 100, 365);

    private static CachedEnvironment environment(String name, State state, long bytes, int days) {
        return new CachedEnvironment(
                Path.of("/cache", name), state, List.of("six"), "3.11.2", bytes, NOW.minus(Duration.ofDays(days)));
    }

    @Test
    void whatIsTooOldGoes() {
        assertThat(ROOMY.excess(List.of(today, lastYear, lastWeek), NOW)).containsExactly(lastYear);
    }

    @Test
    void theLimitItselfIsAllowed() {
        EnvironmentLimits exact = new EnvironmentLimits(Duration.ofDays(7), 200);
        assertThat(exact.excess(List.of(today, lastWeek), NOW)).isEmpty();
    }

    @Test
    void theLongestUnusedGoUntilTheOthersFit() {
        EnvironmentLimits tight = new EnvironmentLimits(Duration.ofDays(1_000), 150);
        assertThat(tight.excess(List.of(today, lastYear, lastWeek), NOW)).containsExactly(lastYear, lastWeek);
    }

    @Test
    void whatIsInUseStaysButTakesItsPart() {
        CachedEnvironment busy = environment("busy", State.IN_USE, 850, 365);
        assertThat(ROOMY.excess(List.of(today, lastWeek, busy), NOW)).containsExactly(lastWeek);
    }

    @Test
    void whatIsBrokenGoesBeforeAnythingElseIsJudged() {
        CachedEnvironment broken = environment("broken", State.BROKEN, 900, 0);
        assertThat(ROOMY.excess(List.of(today, lastWeek, broken), NOW)).containsExactly(broken);
    }

    @Test
    void noTimeAndNoRoomMeanThatNothingUnusedIsKept() {
        EnvironmentLimits none = new EnvironmentLimits(Duration.ZERO, 0);
        assertThat(none.excess(List.of(today, lastWeek), NOW)).containsExactly(lastWeek, today);
    }
}
