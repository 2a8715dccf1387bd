package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BackoffProperties {
    @Property
    void aWaitIsBetweenHalfAndTheWholeOfTheDoubledOneAndNeverMoreThanTheMost(
            @ForAll @IntRange(min = 1, max = 1000) int failures, @ForAll long seed) {
        Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));
        double whole = Math.min(5000, 50 * Math.pow(2, failures - 1));
        assertThat(backoff.after(failures, new Random(seed)).toMillis())
                .isBetween((long) Math.floor(whole / 2), (long) Math.ceil(whole));
    }
}
