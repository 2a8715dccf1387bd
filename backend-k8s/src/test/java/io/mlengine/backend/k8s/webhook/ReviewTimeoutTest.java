package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReviewTimeoutTest {
    @ParameterizedTest
    @CsvSource({
        "timeout=10s, 9500",
        "timeout=500ms, 475",
        "timeout=1.5s, 1425",
        "a=b&timeout=2s, 1900",
        "timeout=1s&a=b, 950",
        "timeout=1m, 28500",
        "timeout=5m30s, 28500",
        "timeout=, 9500",
        "timeout=-1s, 9500",
        "timeout=soon, 9500",
        "timeout=0s, 9500",
        "other=1, 9500"
    })
    void theServersTimeLessALittle(String query, long millis) {
        assertThat(ReviewTimeout.of(query)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void withoutAQueryTheDefaultOfKubernetesCounts() {
        assertThat(ReviewTimeout.of(null)).isEqualTo(Duration.ofMillis(9500));
    }
}
