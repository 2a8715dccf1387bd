package io.mlengine.core.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.build.testing.GoldenFile;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.document.TrainDocument;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ForeignSamplesTest {
    static Stream<String> samples() {
        return Samples.names().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void isConvertedAsRecorded(String name) {
        Conversion conversion = Samples.conversion(name);

        assertThat(conversion.violations()).isEmpty();
        String jobs = conversion.jobs().stream()
                .map(job -> TrainDocument.yaml(job.train()) + "\n" + ConversionText.of(job))
                .collect(Collectors.joining("---\n"));
        GoldenFile.named("convert/" + name + ".txt").assertMatches(jobs + ConversionText.of(conversion.notes()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void isTheSameJobWhenItsDocumentIsReadAgain(String name) {
        for (ConvertedJob job : Samples.conversion(name).jobs()) {
            DocumentResult again = TrainDocument.parse("job.yaml", TrainDocument.yaml(job.train()))
                    .read();
            assertThat(again.violations()).isEmpty();
            assertThat(again.train()).contains(job.train());
        }
    }

    @Test
    void onlyTheStoreThatJobsMetAtIsNoJob() {
        assertThat(samples().filter(name -> Samples.conversion(name).jobs().isEmpty()))
                .containsExactly("pytorchjob-elastic-etcd");
    }
}
