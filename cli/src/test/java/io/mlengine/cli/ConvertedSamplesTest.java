package io.mlengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.admission.Admission;
import io.mlengine.core.admission.Frameworks;
import io.mlengine.core.convert.ConvertedJob;
import io.mlengine.core.convert.ForeignJobs;
import io.mlengine.plugins.FrameworksPlugin;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Core converts for launchers that it does not know: here they judge. */
class ConvertedSamplesTest {
    private static final Frameworks FRAMEWORKS = Frameworks.of(new FrameworksPlugin().launchers());

    @TestFactory
    Stream<DynamicTest> launchersAcceptWhatBecameOfTheSamples() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        Path repository = Files.exists(here.resolve("mlengine-spi")) ? here : here.resolve("..");
        try (Stream<Path> files = Files.list(repository.resolve("mlengine-core/src/test/resources/convert"))) {
            return files
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> requireAccepted(file)))
                    .toList()
                    .stream();
        }
    }

    private static void requireAccepted(Path file) throws IOException {
        for (ConvertedJob job : ForeignJobs.of(file.getFileName().toString(), Files.readAllBytes(file))
                .convert()
                .jobs()) {
            List<Violation> violations = new Admission(FRAMEWORKS).check(job.train());
            boolean isLoaded =
                    FRAMEWORKS.names().contains(FrameworkName.of(job.train().framework()));
            assertThat(violations.stream()
                            .filter(violation -> isLoaded || !violation.path().equals("spec.framework")))
                    .isEmpty();
        }
    }
}
