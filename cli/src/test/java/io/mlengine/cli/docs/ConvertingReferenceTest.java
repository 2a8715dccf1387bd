package io.mlengine.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.cli.docs.Page.Fence;
import io.mlengine.core.convert.ConversionText;
import io.mlengine.core.convert.ConvertedJob;
import io.mlengine.core.convert.FieldMapping;
import io.mlengine.core.convert.ForeignJobs;
import io.mlengine.core.convert.MappingTable;
import io.mlengine.core.document.TrainDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Writes and checks the tables of {@code docs/converting.md}. */
class ConvertingReferenceTest {
    private static final String PAGE = "docs/converting.md";

    @Test
    void fieldsAreThoseOfTheTables() throws IOException {
        String tables = ForeignJobs.mappings().stream()
                .map(ConvertingReferenceTest::table)
                .collect(Collectors.joining("\n"));
        GeneratedPart.assertMatches(PAGE, "mappings", tables);
    }

    @Test
    void theExampleIsConvertedAsShown() {
        List<Fence> fences = Page.read(Page.REPOSITORY.resolve(PAGE)).fences();
        List<Fence> texts =
                fences.stream().filter(fence -> fence.language().equals("text")).toList();
        ConvertedJob job = ForeignJobs.of("job.yaml", texts.get(0).text().getBytes(StandardCharsets.UTF_8))
                .convert()
                .jobs()
                .get(0);

        assertThat(fences)
                .filteredOn(fence -> fence.language().equals("yaml"))
                .extracting(Fence::text)
                .containsExactly(TrainDocument.yaml(job.train()));
        assertThat(texts.get(1).text()).isEqualTo(ConversionText.of(job));
    }

    private static String table(MappingTable table) {
        String rows = table.fields().stream().map(ConvertingReferenceTest::row).collect(Collectors.joining());
        return "### " + table.title() + "\n\n| field | becomes |\n|---|---|\n" + rows;
    }

    private static String row(FieldMapping mapping) {
        return "| `" + mapping.field() + "` | " + mapping.becomes() + " |\n";
    }
}
