package io.mlengine.core.metering;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.backend.UsageSample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EfficiencyTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration GAP = Duration.ofSeconds(15);

    @Test
    void busyShareIsWeightedByTime() {
        Efficiency use = fold(sample(0, 0, 0), sample(5, 1000, 100), sample(15, 4000, 0));
        assertThat(use.busyPercent()).isEqualTo(33);
        assertThat(use.meanCpuMillis()).isEqualTo(3000);
        assertThat(use.idleDeviceMillis()).isEqualTo(10_000);
        assertThat(use.coveragePercent(30_000)).isEqualTo(50);
    }

    @Test
    void aLongGapIsNotCovered() {
        Efficiency use = fold(sample(0, 0, 50), sample(100, 0, 50));
        assertThat(use.coveredMillis()).isEqualTo(15_000);
    }

    @Test
    void lateAndRepeatedSamplesAreIgnored() {
        Efficiency use = fold(sample(0, 0, 50), sample(10, 0, 50), sample(10, 0, 50), sample(5, 9000, 90));
        assertThat(use.coveredMillis()).isEqualTo(10_000);
        assertThat(use.busyPercent()).isEqualTo(50);
    }

    @Test
    void replicasAddUpAndPeaksDoNot() {
        Efficiency one = fold(sample(0, 0, 100), sample(10, 0, 100));
        Efficiency both = one.and(fold(sample(0, 0, 0), sample(10, 0, 0)));
        assertThat(both.busyPercent()).isEqualTo(50);
        assertThat(both.coveredMillis()).isEqualTo(20_000);
        assertThat(both.peakMemoryBytes()).isEqualTo(1L << 30);
        assertThat(both.peakDeviceMemoryBytes()).isEqualTo(1L << 20);
    }

    private static Efficiency fold(UsageSample... samples) {
        Efficiency use = Efficiency.none();
        for (UsageSample sample : samples) {
            use = use.plus(sample, GAP);
        }
        return use;
    }

    private static UsageSample sample(int second, long cpuMillis, int busyPercent) {
        return new UsageSample(
                START.plusSeconds(second),
                cpuMillis,
                1L << 30,
                List.of(new UsageSample.Gpu("gpu-0", busyPercent, 1L << 20)));
    }
}
