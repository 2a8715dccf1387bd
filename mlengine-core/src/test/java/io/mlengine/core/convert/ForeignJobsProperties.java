package io.mlengine.core.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.admission.FieldPath;
import io.mlengine.core.convert.ConversionNote.Effect;
import io.mlengine.core.document.TrainDocument;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ForeignJobsProperties {
    /** Fields that only tell things of one document apart, and have done so when the document has been read. */
    private static final Pattern NAMES_ONLY = Pattern.compile(
            ".*(ontainers\\[\\d+]\\.name|\\.manager|runtimeRef\\.(kind|apiGroup)|ports\\[\\d+]\\.name|^metadata\\.labels.*)");

    @Provide
    Arbitrary<String> samples() {
        return Arbitraries.of(Samples.names());
    }

    @Provide
    Arbitrary<String> fragments() {
        return Arbitraries.of(
                        "apiVersion: kubeflow.org/v1\nkind: PyTorchJob\n",
                        "apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\n",
                        "metadata: {name: a}\n",
                        "metadata: []\n",
                        "spec: {pytorchReplicaSpecs: {Worker: {template: {spec: {containers: [{}]}}}}}\n",
                        "spec: {pytorchReplicaSpecs: [1], elasticPolicy: 3, nprocPerNode: [], runPolicy: {}}\n",
                        "spec: {runtimeRef: {name: torch-distributed}, trainer: {command: [a], numNodes: -1}}\n",
                        "kind: List\nitems: [{kind: List, items: [1, {kind: TFJob}]}]\n",
                        "---\n",
                        "? [a]\n: b\n")
                .list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .map(parts -> String.join("", parts));
    }

    @Property
    void anyTextIsConvertedOrRefused(@ForAll String text) {
        assertThat(outcome(text)).isNotNull();
    }

    @Property
    void anyFragmentsAreConvertedOrRefused(@ForAll("fragments") String text) {
        assertThat(outcome(text)).isNotEmpty();
    }

    @Property(tries = 300)
    void aDamagedDocumentIsConvertedOrRefused(
            @ForAll("samples") String sample, @ForAll int place, @ForAll byte damage) {
        byte[] bytes = Samples.bytes(sample);
        bytes[Math.floorMod(place, bytes.length)] = damage;
        Conversion conversion = ForeignJobs.of("job.yaml", bytes).convert();
        conversion
                .jobs()
                .forEach(job -> assertThat(TrainDocument.yaml(job.train())).isNotEmpty());
    }

    @Property(tries = 300)
    void aLostLineIsConvertedOrRefused(@ForAll("samples") String sample, @ForAll int line) {
        List<String> lines = text(sample).lines().collect(Collectors.toList());
        lines.remove(Math.floorMod(line, lines.size()));
        assertThat(outcome(String.join("\n", lines))).isNotNull();
    }

    /** Nothing is lost without a word: when a value changes, the job changes, or a note tells that it has none of it. */
    @Property
    void everyValueMattersOrIsTold(@ForAll("samples") String sample) {
        Conversion before = conversion(text(sample));
        for (Edits.Leaf leaf : Edits.leaves(text(sample))) {
            assertThat(NAMES_ONLY.matcher(leaf.path()).matches()
                            || isTold(before, leaf.path())
                            || !outcome(leaf.replacedBy("zqx")).equals(outcome(before)))
                    .as("%s of %s", leaf.path(), sample)
                    .isTrue();
        }
    }

    @Property
    void aFieldThatNobodyKnowsIsTold(@ForAll("samples") String sample) {
        for (Edits.Room room : Edits.rooms(text(sample))) {
            Conversion conversion = conversion(room.with("zqx-key", "zqx"));
            boolean isCarried = outcome(conversion).contains("zqx-key");
            // A runtime's metadata speak of the runtime, not of the jobs that use it.
            boolean isOfRuntime = sample.startsWith("trainjob") && room.path().startsWith("metadata");
            assertThat(isCarried || isOfRuntime || isTold(conversion, FieldPath.key(room.path(), "zqx-key")))
                    .as("in %s of %s", room.path(), sample)
                    .isTrue();
        }
    }

    private static boolean isTold(Conversion conversion, String path) {
        boolean isNoted = conversion.jobs().stream()
                .flatMap(job -> job.notes().stream())
                .filter(note -> note.effect() != Effect.CHECK)
                .map(note -> note.place().path())
                .anyMatch(told -> !told.isEmpty() && FieldPath.isWithin(path, told));
        boolean isNoJob = conversion.jobs().isEmpty() && !conversion.notes().isEmpty();
        boolean isRefused = conversion.violations().stream()
                .anyMatch(placed -> FieldPath.isWithin(path, placed.violation().path()));
        return isNoted || isNoJob || isRefused;
    }

    private static String text(String sample) {
        return new String(Samples.bytes(sample), StandardCharsets.UTF_8);
    }

    private static Conversion conversion(String text) {
        return ForeignJobs.of("job.yaml", text.getBytes(StandardCharsets.UTF_8)).convert();
    }

    private static String outcome(String text) {
        return outcome(conversion(text));
    }

    private static String outcome(Conversion conversion) {
        return conversion.jobs().stream()
                        .map(job -> TrainDocument.yaml(job.train()) + ConversionText.of(job))
                        .collect(Collectors.joining())
                + ConversionText.of(conversion.notes())
                + conversion.violations();
    }
}
