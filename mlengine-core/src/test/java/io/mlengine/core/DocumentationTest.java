package io.mlengine.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.build.testing.Documentation;
import org.junit.jupiter.api.Test;

class DocumentationTest {
    @Test
    void everythingPublicSaysWhatItIs() {
        assertThat(Documentation.missingIn("io.mlengine.core.api")).isEmpty();
    }
}
