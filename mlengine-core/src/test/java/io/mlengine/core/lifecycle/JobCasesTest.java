package io.mlengine.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mlengine.build.testing.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestReporter;

/**
 * Cases that other systems' own tests hold, run against our machine; {@code -Dmlengine.cases.jobs=DIR} reads another
 * folder. A case that says {@code adopt} must give the same; where it says {@code diverge} or {@code mixed} the rows
 * assert what its note demands.
 */
class JobCasesTest {
    private static final Map<String, Consumer<JsonNode>> WHOLE = new TreeMap<>(Map.of(
            "tf-status-", TensorFlowStatusCase::check,
            "volcano-policy-precedence", VolcanoCases::policyPrecedence));

    private static final Map<String, BiConsumer<JsonNode, Integer>> ROWS = new TreeMap<>(Map.of(
            "volcano-restarting", (row, number) -> VolcanoCases.restarting(row),
            "volcano-running-finish", (row, number) -> VolcanoCases.runningFinish(row),
            "cleanup-ttl-table", (row, number) -> CleanupCases.timeToLive(row),
            "clean-pod-policy-table", (row, number) -> CleanupCases.cleanPodPolicy(row),
            "tony-e2e-list", (row, number) -> TonyCases.check(row.get("case").asText())));

    /** Cases of what a framework's processes see or of what is admitted: other modules run them. */
    private static final List<String> ELSEWHERE =
            List.of("admission-", "horovod-", "mpi-", "pytorch-", "tf-config-", "trainer-", "xgboost");

    @TestFactory
    Stream<DynamicTest> casesOfTheLifeCycle() {
        return cases().flatMap(file -> {
            JsonNode node = read(file);
            String id = node.get("id").asText();
            Stream<DynamicTest> whole = WHOLE.entrySet().stream()
                    .filter(entry -> id.startsWith(entry.getKey()))
                    .map(entry ->
                            DynamicTest.dynamicTest(id, () -> entry.getValue().accept(node)));
            Stream<DynamicTest> rows = ROWS.entrySet().stream()
                    .filter(entry -> id.equals(entry.getKey()))
                    .flatMap(entry -> rows(id, node.get("input").get("rows"), entry.getValue()));
            return Stream.concat(whole, rows);
        });
    }

    @Test
    void everyCaseIsRunHereOrNamedAsOneOfAnotherModule(TestReporter reporter) {
        List<String> files = cases().map(file -> file.getFileName().toString()).toList();

        assertThat(files).isNotEmpty().allMatch(file -> isRunHere(file) || isRunElsewhere(file));
        files.stream()
                .filter(JobCasesTest::isRunElsewhere)
                .forEach(file -> reporter.publishEntry(file, "framework case, runs with the next issue"));
        TonyCases.ELSEWHERE.forEach((row, why) -> reporter.publishEntry("tony-e2e-list: " + row, why));
    }

    private static boolean isRunHere(String file) {
        return Stream.concat(WHOLE.keySet().stream(), ROWS.keySet().stream()).anyMatch(file::startsWith);
    }

    private static boolean isRunElsewhere(String file) {
        return ELSEWHERE.stream().anyMatch(file::startsWith);
    }

    private static Stream<DynamicTest> rows(String id, JsonNode rows, BiConsumer<JsonNode, Integer> check) {
        return IntStream.range(0, rows.size())
                .mapToObj(number -> DynamicTest.dynamicTest(
                        id + " row " + (number + 1) + " " + rows.get(number),
                        () -> check.accept(rows.get(number), number)));
    }

    private static Stream<Path> cases() {
        String elsewhere = System.getProperty("mlengine.cases.jobs", "");
        Path folder =
                elsewhere.isEmpty() ? Module.folder().resolve("src/test/resources/cases/jobs") : Path.of(elsewhere);
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream();
        } catch (IOException e) {
            throw new AssertionError("no cases in " + folder, e);
        }
    }

    private static JsonNode read(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new AssertionError("not a case: " + file, e);
        }
    }
}
