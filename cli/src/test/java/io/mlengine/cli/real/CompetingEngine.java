package io.mlengine.cli.real;

import io.mlengine.core.api.JobHandle;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Resources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An engine in a process of its own that wants the same made-up GPU as others; prints how each of its jobs ended. */
final class CompetingEngine {
    private CompetingEngine() {}

    public static void main(String[] arguments) {
        Path shared = Path.of(arguments[1]);
        // Two holders at once would find the folder of the other.
        String script =
                "mkdir " + shared.resolve("in-use") + " || exit 9; sleep 0.3; rmdir " + shared.resolve("in-use");
        try (RealEngine engine = RealEngine.open(
                Path.of(arguments[0]), builder -> builder.fakeGpus(1).leaseFolder(shared.resolve("leases")))) {
            List<JobHandle> jobs = new ArrayList<>();
            for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
                jobs.add(engine.submit(MLTrain.named("job-" + i)
                        .framework("command")
                        .addRole(ShellJobs.role("worker", script)
                                .resources(Resources.builder().gpus(1).build())
                                .build())
                        .runPolicy(ShellJobs.policy().build())
                        .build()));
            }
            for (JobHandle job : jobs) {
                JobRecord record = engine.end(job).view().record();
                System.out.println(record.phase() + " user=" + record.retries().user() + " infrastructure="
                        + record.retries().infrastructure() + " "
                        + record.outcome().orElseThrow().message());
            }
        }
    }

    static Process start(Path root, Path shared, int jobs) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CompetingEngine.class.getName(),
                        root.toString(),
                        shared.toString(),
                        Integer.toString(jobs))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
