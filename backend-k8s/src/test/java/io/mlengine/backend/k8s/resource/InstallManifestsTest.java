package io.mlengine.backend.k8s.resource;

import io.mlengine.build.testing.GoldenFile;
import org.junit.jupiter.api.Test;

class InstallManifestsTest {
    @Test
    void theShippedManifestsAreTheOnesOfTheCode() {
        deployed("mlengine.yaml").assertMatches(InstallManifests.yaml());
        deployed("crds-with-rules.yaml").assertMatches(InstallManifests.definitionsWithRules());
        deployed("default-queue.yaml").assertMatches(InstallManifests.defaultQueue());
    }

    private static GoldenFile deployed(String name) {
        return GoldenFile.named("../../../../docs/deploy/" + name);
    }
}
