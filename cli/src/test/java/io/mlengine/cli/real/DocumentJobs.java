package io.mlengine.cli.real;

import io.mlengine.core.api.JobHandle;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.document.TrainDocument;
import io.mlengine.core.job.BackOff;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.spi.model.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Jobs of the examples, read from their documents as they stand. */
final class DocumentJobs {
    private static final Path EXAMPLES = Path.of("..", "examples");
    private static final Pattern ACCURACY = Pattern.compile("\"accuracy\": ([0-9.]+)");
    private static final Pattern RESUMED = Pattern.compile("\"resumed_from_step\": (\\d+)");

    private DocumentJobs() {}

    /** The job of {@code examples/EXAMPLE/train.yaml}; arguments are for the programs of all its roles. */
    static MLTrain read(String example, String... arguments) throws IOException {
        Path folder = EXAMPLES.resolve(example).toRealPath();
        DocumentResult result = TrainDocument.parse("train.yaml", Files.readAllBytes(folder.resolve("train.yaml")))
                .set("code.path=" + folder)
                .read();
        if (!result.isValid()) {
            throw new AssertionError(result.violations());
        }
        MLTrain train = result.train().orElseThrow();
        return MLTrain.builder()
                .from(train)
                .roles(train.roles().stream()
                        .map(role -> Role.builder()
                                .from(role)
                                .args(List.of(arguments))
                                .build())
                        .toList())
                .runPolicy(RunPolicy.builder()
                        .backOff(new BackOff(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofMinutes(1)))
                        .build())
                .build();
    }

    /** Waits until a job has come that far; before its first step the environment may have to be made. */
    static void awaitStep(JobHandle job, long step) {
        RealEngine.awaitTrue(
                Duration.ofMinutes(12),
                "step " + step,
                () -> PyTorchDdpIT.step(job.view()) > step || job.view().phase().isTerminal());
        if (job.view().phase().isTerminal()) {
            throw new AssertionError("ended before step " + step + "\n" + String.join("\n", RealEngine.lines(job)));
        }
    }

    /** The accuracy that the program has kept beside its model. */
    static double accuracy(RealEngine engine, JobHandle job) throws IOException {
        return Double.parseDouble(kept(engine, job, ACCURACY));
    }

    /** The step from which the last attempt went on. */
    static long resumedFrom(RealEngine engine, JobHandle job) throws IOException {
        return Long.parseLong(kept(engine, job, RESUMED));
    }

    private static String kept(RealEngine engine, JobHandle job, Pattern number) throws IOException {
        Path outputs = engine.root.resolve("jobs").resolve(job.id().value()).resolve("outputs");
        if (Files.size(outputs.resolve("model.npz")) == 0) {
            throw new AssertionError("an empty model");
        }
        Matcher found = number.matcher(Files.readString(outputs.resolve("metrics.json")));
        if (!found.find()) {
            throw new AssertionError("not in metrics.json: " + number);
        }
        return found.group(1);
    }
}
