package io.mlengine.benchmarks;

import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.api.SubmitResult;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.document.TrainDocument;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.metering.DeviceModels;
import io.mlengine.core.metering.Usage;
import io.mlengine.core.metering.UsageTotal;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs every job below {@code examples}, one after the other, and reports on each. The first run on a machine makes the
 * Python environments, which the column "prepare" shows; they stay in the user's cache.
 */
final class Zoo implements Benchmarks.Benchmark {
    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final Path EXAMPLES = Path.of("examples");
    /** Jobs that need a cluster. */
    private static final Path PODS = EXAMPLES.resolve("kubernetes");

    private static final String ROW = "%-34s %-10s %9s %9s %10s %8s  %-9s %8s %8s  %s%n";

    private final Map<JobId, Instant> running = new ConcurrentHashMap<>();
    private final Map<JobId, Instant> firstSteps = new ConcurrentHashMap<>();

    @Override
    public void run() throws Exception {
        // A machine with few cores shares them out; the examples ask for one core for each process.
        long cpuMillis = Math.max(8_000, Runtime.getRuntime().availableProcessors() * 1_000L);
        try (Workbench bench = new Workbench(builder -> builder.cpuMillis(cpuMillis))) {
            bench.engine.listen(JobFilter.ALL, this::note);
            row("job", "framework", "processes", "prepare", "first step", "whole", "result", "CPU s", "GPU s", "");
            for (Path document : documents()) {
                MLTrain train = read(document);
                SubmitResult submitted = bench.engine.submit(train).join();
                if (submitted instanceof SubmitResult.Rejected rejected) {
                    // The plugin of an outside project, for example, is not on our class path.
                    row(
                            name(document),
                            train.framework(),
                            "-",
                            "-",
                            "-",
                            "-",
                            "REFUSED",
                            "-",
                            "-",
                            rejected.violations());
                } else {
                    report(document, submitted.orThrow().completion().get(LIMIT.toMinutes(), TimeUnit.MINUTES));
                }
            }
        }
    }

    private static Path name(Path document) {
        return EXAMPLES.relativize(document);
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.walk(EXAMPLES, 2)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.startsWith(PODS))
                    .sorted()
                    .toList();
        }
    }

    private static MLTrain read(Path document) throws IOException {
        DocumentResult result = TrainDocument.parse(document.toString(), Files.readAllBytes(document))
                .set("code.path=" + document.toRealPath().getParent())
                .read();
        if (!result.isValid()) {
            throw new IllegalStateException(document + ": " + result.violations());
        }
        return result.train().orElseThrow();
    }

    private void note(EngineEvent event) {
        if (event.phase() == Phase.RUNNING) {
            running.putIfAbsent(event.job(), event.at());
        }
        if (event.type() == EngineEvent.Type.PROGRESS) {
            firstSteps.putIfAbsent(event.job(), event.at());
        }
    }

    private void report(Path document, JobResult result) {
        JobRecord record = result.view().record();
        Instant end = record.finishedAt().orElseThrow();
        UsageTotal used = UsageTotal.of(Usage.of(record, DeviceModels.NONE, end));
        Optional<Instant> began = Optional.ofNullable(running.get(record.id()));
        row(
                name(document),
                record.train().framework(),
                record.train().roles().stream().mapToInt(Role::replicas).sum(),
                seconds(Optional.of(record.createdAt()), began),
                seconds(began, Optional.ofNullable(firstSteps.get(record.id()))),
                seconds(Optional.of(record.createdAt()), Optional.of(end)),
                result.outcome().result(),
                used.cpuSeconds(),
                used.gpuSeconds(),
                result.isSuccess()
                        ? result.view().progress().map(Zoo::metrics).orElse("")
                        : result.outcome().message());
    }

    private static String seconds(Optional<Instant> from, Optional<Instant> to) {
        return from.flatMap(begin -> to.map(end -> String.format(
                        Locale.ROOT, "%.1f s", Duration.between(begin, end).toMillis() / 1e3)))
                .orElse("-");
    }

    private static String metrics(Progress progress) {
        return progress.metrics().entrySet().stream()
                .map(metric -> String.format(Locale.ROOT, "%s=%.4g", metric.getKey(), metric.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static void row(Object... cells) {
        System.out.printf(Locale.ROOT, ROW, cells);
    }
}
