package io.mlengine.spi;

import io.mlengine.build.testing.GoldenFile;
import io.mlengine.build.testing.Module;
import io.mlengine.build.testing.PublicSurface;
import org.junit.jupiter.api.Test;

/** A change of the SPI shows up as a diff of {@code spi-surface.txt} in the same commit. */
class SpiSurfaceTest {
    @Test
    void surfaceIsTheOneThatWasAgreed() {
        GoldenFile.named("spi-surface.txt").assertMatches(PublicSurface.of(Module.productionClasses()));
    }
}
