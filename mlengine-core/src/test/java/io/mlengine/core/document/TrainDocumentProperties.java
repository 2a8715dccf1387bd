package io.mlengine.core.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.mlengine.core.document.SourceNode.Entry;
import io.mlengine.core.document.SourceNode.Mapping;
import io.mlengine.core.document.SourceNode.Scalar;
import io.mlengine.core.document.SourceNode.Sequence;
import io.mlengine.core.job.MLTrain;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TrainDocumentProperties {
    private static final com.networknt.schema.JsonSchema SCHEMA = JsonSchemaFactory.getInstance(
                    SpecVersion.VersionFlag.V202012)
            .getSchema(JsonSchema.of(FakeLauncher.FRAMEWORKS));
    private static final Set<String> FREE_MAPS =
            Set.of("labels", "annotations", "extended", "selector", "frameworkOptions", "buildVariables");

    @Provide
    Arbitrary<MLTrain> trains() {
        return TrainArbitraries.trains().withoutEdgeCases();
    }

    @Property(tries = 100)
    void whatIsWrittenAsYamlIsReadAgain(@ForAll("trains") MLTrain train) {
        DocumentResult result =
                TrainDocument.parse("a.yaml", TrainDocument.yaml(train)).read();
        assertThat(result.violations()).isEmpty();
        assertThat(result.train()).contains(train);
    }

    @Property(tries = 100)
    void whatIsWrittenAsJsonIsReadAgain(@ForAll("trains") MLTrain train) {
        DocumentResult result =
                TrainDocument.parse("a.json", TrainDocument.json(train)).read();
        assertThat(result.violations()).isEmpty();
        assertThat(result.train()).contains(train);
    }

    @Property(tries = 100)
    void acceptedJobsFitTheSchema(@ForAll("trains") MLTrain train) {
        assertThat(FakeLauncher.ADMISSION.check(train)).isEmpty();
        assertThat(SCHEMA.validate(TrainDocument.json(train), InputFormat.JSON)).isEmpty();
    }

    @Property(tries = 100)
    void admissionIsIdempotent(@ForAll("trains") MLTrain train) {
        MLTrain once = FakeLauncher.ADMISSION.admit(train).train();
        assertThat(FakeLauncher.ADMISSION.admit(once).train()).isEqualTo(once);
    }

    @Property
    void anyTextGivesAResult(@ForAll String text) {
        assertThat(TrainDocument.parse("a.yaml", text).read().violations()).isNotEmpty();
    }

    @Property
    void anyBytesGiveAResult(@ForAll byte[] bytes) {
        assertThat(TrainDocument.parse("a.yaml", bytes).read().violations()).isNotEmpty();
    }

    @Property(tries = 100)
    void aCutOrDamagedDocumentGivesAResult(@ForAll("trains") MLTrain train, @ForAll int seed, @ForAll byte damage) {
        byte[] bytes = TrainDocument.yaml(train).getBytes(StandardCharsets.UTF_8);
        bytes[Math.floorMod(seed, bytes.length)] = damage;
        DocumentResult result = TrainDocument.parse("a.yaml", bytes).read().admittedBy(FakeLauncher.ADMISSION);
        assertThat(ViolationText.of(result, "")).isNotEmpty();
    }

    @Property(tries = 100)
    void aRenamedFieldIsReportedAtItsPath(@ForAll("trains") MLTrain train, @ForAll long seed) {
        Random random = new Random(seed);
        JsonNode tree = tree(TrainDocument.json(train));
        Step field = pick(tree, random);
        if (field.isFree()) {
            return;
        }
        ((com.fasterxml.jackson.databind.node.ObjectNode) field.parent())
                .set(
                        field.key() + "Qqqq",
                        ((com.fasterxml.jackson.databind.node.ObjectNode) field.parent()).remove(field.key()));
        DocumentResult result = TrainDocument.parse("a.json", tree.toString()).read();
        assertThat(result.violations()).anySatisfy(placed -> {
            assertThat(placed.violation().path()).isEqualTo(field.path() + "Qqqq");
            assertThat(placed.violation().code()).isEqualTo("ML-412");
        });
    }

    @Property(tries = 100)
    void aFieldOfAnotherTypeIsReportedAtItsPath(@ForAll("trains") MLTrain train, @ForAll long seed) {
        Random random = new Random(seed);
        JsonNode tree = tree(TrainDocument.json(train));
        Step field = pick(tree, random);
        if (field.isFree()) {
            return;
        }
        ((com.fasterxml.jackson.databind.node.ObjectNode) field.parent()).putNull(field.key());
        DocumentResult result =
                TrainDocument.parse("a.json", tree.toString()).read().admittedBy(FakeLauncher.ADMISSION);
        assertThat(result.violations())
                .anySatisfy(placed -> assertThat(placed.violation().path()).isEqualTo(field.path()));
    }

    @Property(tries = 100)
    void aDroppedFieldIsMissedOrHasADefault(@ForAll("trains") MLTrain train, @ForAll long seed) {
        JsonNode tree = tree(TrainDocument.json(train));
        Step field = pick(tree, new Random(seed));
        ((com.fasterxml.jackson.databind.node.ObjectNode) field.parent()).remove(field.key());
        DocumentResult result = TrainDocument.parse("a.json", tree.toString()).read();
        assertThat(result.violations())
                .allSatisfy(placed -> assertThat(placed.violation().path()).isEqualTo(field.path()));
    }

    @Property(tries = 100)
    void everyScalarOfADocumentCanBeSet(@ForAll("trains") MLTrain train) {
        // Setting each scalar of one document in another of the same structure makes the two equal.
        SourceNode source =
                TextParser.parse("a.json", TrainDocument.json(train)).root().orElseThrow();
        List<String> assignments = new ArrayList<>();
        scalars(source, "", assignments);
        TrainDocument document = TrainDocument.parse("b.json", TrainDocument.json(train));
        for (String assignment : assignments) {
            document = document.set(assignment);
        }
        DocumentResult result = document.read();
        assertThat(result.violations()).isEmpty();
        assertThat(result.train()).contains(train);
    }

    private static void scalars(SourceNode node, String path, List<String> assignments) {
        if (node instanceof Scalar scalar) {
            assignments.add(path + "=" + scalar.text());
        } else if (node instanceof Sequence sequence) {
            for (int i = 0; i < sequence.items().size(); i++) {
                SourceNode item = sequence.items().get(i);
                boolean isVariable = path.endsWith("env") || path.endsWith("variables");
                if (isVariable) {
                    Mapping variable = (Mapping) item;
                    variable.value("value")
                            .ifPresent(value -> assignments.add(
                                    path + "." + text(variable.value("name")) + "=" + ((Scalar) value).text()));
                } else {
                    scalars(item, path + "[" + i + "]", assignments);
                }
            }
        } else if (node instanceof Mapping mapping) {
            for (Entry entry : mapping.entries()) {
                String key = io.mlengine.core.admission.FieldPath.key(path, entry.key());
                boolean isCode = key.endsWith("exitCodes") && !(entry.value() instanceof Scalar);
                boolean isOptionList = key.contains("frameworkOptions") && entry.value() instanceof Sequence;
                if (!isCode && !isOptionList) {
                    scalars(entry.value(), key, assignments);
                }
            }
        }
    }

    private static String text(Optional<SourceNode> node) {
        return ((Scalar) node.orElseThrow()).text();
    }

    private record Step(JsonNode parent, String key, String path, boolean isFree) {}

    private static Step pick(JsonNode tree, Random random) {
        List<Step> steps = new ArrayList<>();
        collect(tree, "", false, steps);
        return steps.get(random.nextInt(steps.size()));
    }

    private static void collect(JsonNode node, String path, boolean isFree, List<Step> steps) {
        if (node.isObject()) {
            node.fieldNames().forEachRemaining(key -> {
                String at = io.mlengine.core.admission.FieldPath.key(path, key);
                steps.add(new Step(node, key, at, isFree));
                boolean isMap = FREE_MAPS.contains(key);
                collect(node.get(key), at, isMap, steps);
            });
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            collect(node.get(i), path + "[" + i + "]", false, steps);
        }
    }

    private static JsonNode tree(String json) {
        try {
            return new ObjectMapper().readTree(json);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
