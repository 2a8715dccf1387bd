package io.mlengine.core.lifecycle;

import io.mlengine.build.testing.GoldenFile;
import org.junit.jupiter.api.Test;

class JobStatesDocumentTest {
    @Test
    void documentShowsTheTable() {
        GoldenFile.named("../../../../docs/job-states.md").assertMatches(JobStatesDocument.text());
    }
}
