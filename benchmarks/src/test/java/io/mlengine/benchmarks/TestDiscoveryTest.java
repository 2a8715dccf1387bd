package io.mlengine.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.build.testing.TestDiscovery;
import org.junit.jupiter.api.Test;

class TestDiscoveryTest {
    @Test
    void theBuildRunsEveryTestOfThisModule() {
        assertThat(TestDiscovery.ofThisModule().problems()).isEmpty();
    }
}
