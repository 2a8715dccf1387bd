package io.mlengine.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void timesShowTheirTwoLargestUnits() {
        assertThat(Figures.time(Duration.ofMillis(400))).isEqualTo("0.4 s");
        assertThat(Figures.time(Duration.ofSeconds(4))).isEqualTo("4 s");
        assertThat(Figures.time(Duration.ofSeconds(298))).isEqualTo("4 min 58 s");
        assertThat(Figures.time(Duration.ofMinutes(72))).isEqualTo("1 h 12 min");
        assertThat(Figures.time(Duration.ofHours(48))).isEqualTo("2 d");
        assertThat(Figures.shortTime(Duration.ofSeconds(298))).isEqualTo("4m58s");
    }

    @Test
    void numbersAreTheSameInEveryLanguage() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);

            assertThat(Figures.bytes(1_500_000)).isEqualTo("1.5 MB");
            assertThat(Figures.bytes(31_000_000_000L)).isEqualTo("31 GB");
            assertThat(Figures.count(9380)).isEqualTo("9,380");
            assertThat(Figures.metric(0.11834)).isEqualTo("0.1183");
            assertThat(Figures.metric(12.5)).isEqualTo("12.5");
            assertThat(Figures.metric(0.00001)).isEqualTo("1.00e-05");
            assertThat(Figures.cores(3100)).isEqualTo("3.1");
            assertThat(Figures.clock(Duration.ofSeconds(192))).isEqualTo("00:03:12");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void percentIsNeverRoundedUp() {
        assertThat(Figures.percent(999, 1000)).isEqualTo(99);
        assertThat(Figures.percent(1, 0)).isZero();
        assertThat(Figures.percent(3, 3)).isEqualTo(100);
    }
}
