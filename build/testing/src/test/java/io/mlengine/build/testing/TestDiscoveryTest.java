package io.mlengine.build.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestDiscoveryTest {
    @Test
    void theBuildRunsEveryTestOfThisModule() {
        assertThat(TestDiscovery.ofThisModule().problems()).isEmpty();
    }
}
