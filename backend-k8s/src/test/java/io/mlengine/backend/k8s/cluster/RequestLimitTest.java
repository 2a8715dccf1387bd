package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RequestLimitTest {
    private final AtomicLong now = new AtomicLong(Duration.ofHours(1).toNanos());
    private final RequestLimit tenASecond = RequestLimit.of(10, 3, now::get);

    @Test
    void aBurstGoesAtOnceAndTheRestInTheOrderOfAsking() {
        assertThat(tenASecond.turn()).isZero();
        assertThat(tenASecond.turn()).isZero();
        assertThat(tenASecond.turn()).isZero();
        assertThat(tenASecond.turn()).isEqualTo(Duration.ofMillis(100).toNanos());
        assertThat(tenASecond.turn()).isEqualTo(Duration.ofMillis(200).toNanos());
    }

    @Test
    void aPauseGivesBackNoMoreThanTheBurst() {
        for (int i = 0; i < 3; i++) {
            tenASecond.turn();
        }
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        for (int i = 0; i < 3; i++) {
            assertThat(tenASecond.turn()).isZero();
        }
        assertThat(tenASecond.turn()).isPositive();
    }

    @Test
    void withoutALimitNobodyWaits() {
        RequestLimit none = RequestLimit.of(0, 1, now::get);
        for (int i = 0; i < 1000; i++) {
            assertThat(none.turn()).isZero();
        }
    }
}
