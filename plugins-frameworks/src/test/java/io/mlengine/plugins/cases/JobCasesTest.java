package io.mlengine.plugins.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mlengine.build.testing.GoldenFile;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs every case of a folder: our own, or the one that {@code -Dmlengine.cases.jobs=DIR} names. A case that says {@code
 * adopt} must give the same; where it says {@code diverge} or {@code mixed}, what its note demands is asserted.
 */
class JobCasesTest {
    @TestFactory
    Stream<DynamicTest> cases() {
        List<JobCase> cases = JobCase.all();
        assertThat(cases).isNotEmpty();
        return cases.stream().flatMap(JobCasesTest::tests);
    }

    private static Stream<DynamicTest> tests(JobCase data) {
        List<Shape> shapes = shapesOf(data);
        if (shapes.size() != 1) {
            return Stream.of(DynamicTest.dynamicTest(data.id(), () -> {
                throw new AssertionError(data.file() + " is of " + (shapes.isEmpty() ? "no known shape" : shapes)
                        + ": anchor " + data.anchor() + ", input " + fields(data.input()) + ", expect "
                        + fields(data.expect()) + "; add a Shape, or give the case the fields of one that is there");
            }));
        }
        try {
            return shapes.get(0).tests().of(data);
        } catch (Exception e) {
            return Stream.of(DynamicTest.dynamicTest(data.id(), () -> {
                throw e;
            }));
        }
    }

    private static List<Shape> shapesOf(JobCase data) {
        return Shape.ALL.stream().filter(shape -> shape.fits().test(data)).toList();
    }

    private static List<String> fields(JsonNode node) {
        return node.properties().stream().map(field -> field.getKey()).toList();
    }

    @Test
    void casesSayWhatTheyAreAndWhyTheyDiverge() {
        assertThat(JobCase.all()).allSatisfy(data -> {
            assertThat(data.file()).startsWith(data.id());
            assertThat(data.verdict()).isIn("adopt", "diverge", "mixed");
            assertThat(data.diverges() && data.note().isEmpty()).isFalse();
        });
    }

    /** Which test runs which case. A file of no shape, or a row of prose without a named test, fails above. */
    @Test
    void theIndexIsAsRecorded() {
        String index = JobCase.all().stream().map(JobCasesTest::entry).collect(Collectors.joining());
        if (JobCase.areOurs()) {
            GoldenFile.named("cases/index.txt").assertMatches(index);
            assertThat(ProseRows.withoutRow(JobCase.all()))
                    .as("named tests whose row is gone")
                    .isEmpty();
        }
    }

    private static String entry(JobCase data) {
        String entry =
                data.id() + ": " + shapesOf(data).stream().map(Shape::name).collect(Collectors.joining(", ")) + "\n";
        return entry
                + ProseRows.namesOf(data).stream()
                        .map(name -> "    " + name + "\n")
                        .collect(Collectors.joining());
    }
}
