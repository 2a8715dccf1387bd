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

/** Jobs of the examples, read from their documents, and what they leave behind. */
final class ExampleJobs {
    private static final Path EXAMPLES = Path.of("..", "examples");
    private static final Pattern ACCURACY = Pattern.compile("\"accuracy\": ([0-9.]+)");
    private static final Pattern RESUMED = Pattern.compile("\"resumed_from_step\": (\\d+)");

    private ExampleJobs() {}

    /**
     * The job of a document below {@code examples}, with retries that come soon.
     *
     * @param document its path, for example {@code jax/train.yaml}
     * @param arguments further ones for the programs of all its roles
     */
    static MLTrain read(String document, String... arguments) throws IOException {
        return read(document, List.of(), arguments);
    }

    /** The same with settings in the form of the command line's {@code --set}. */
    static MLTrain read(String document, List<String> settings, String... arguments) throws IOException {
        Path file = EXAMPLES.resolve(document).toRealPath();
        TrainDocument read =
                TrainDocument.parse(document, Files.readAllBytes(file)).set("code.path=" + file.getParent());
        for (String setting : settings) {
            read = read.set(setting);
        }
        DocumentResult result = read.read();
        if (!result.isValid()) {
            throw new AssertionError(result.violations());
        }
        MLTrain train = result.train().orElseThrow();
        return MLTrain.builder()
                .from(train)
                .roles(train.roles().stream()
                        .map(role -> role.command().isEmpty() ? role : withArguments(role, arguments))
                        .toList())
                .runPolicy(RunPolicy.builder()
                        .backOff(new BackOff(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofMinutes(1)))
                        .build())
                .build();
    }

    private static Role withArguments(Role role, String... arguments) {
        return Role.builder().from(role).addArgs(arguments).build();
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
