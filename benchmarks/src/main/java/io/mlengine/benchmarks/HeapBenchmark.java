package io.mlengine.benchmarks;

import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.SubmitResult;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What 10,000 waiting jobs cost: memory after a collection, time to submit, and a small job's way past them. */
final class HeapBenchmark implements Benchmarks.Benchmark {
    private static final int JOBS = 10_000;
    private static final int AT_ONCE = 500;
    private static final double MEGABYTE = 1 << 20;

    @Override
    public void run() throws Exception {
        try (Workbench bench = new Workbench(builder -> builder.cpuMillis(2_000))) {
            bench.submit(job("holder", 2, "sleep", "100000"));
            double empty = usedAfterCollection();
            long begin = System.nanoTime();
            for (int i = 0; i < JOBS; i += AT_ONCE) {
                List<CompletableFuture<SubmitResult>> batch = new ArrayList<>();
                for (int j = i; j < i + AT_ONCE; j++) {
                    batch.add(bench.engine.submit(job("waiting-" + j, 2, "python3", "train.py", "--epochs", "10")));
                }
                batch.forEach(one -> one.join().orThrow());
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            long queued = bench.engine
                    .list(JobFilter.builder().addPhase(Phase.QUEUED).build())
                    .size();
            double full = usedAfterCollection();
            Samples.line("jobs in the queue", Long.toString(queued));
            Samples.line("heap before", String.format("%.1f MB", empty / MEGABYTE));
            Samples.line("heap with them", String.format("%.1f MB", full / MEGABYTE));
            Samples.line("for each", String.format("%.1f kB", (full - empty) / queued / 1024));
            Samples.line("submitted", String.format("%.0f jobs/s", JOBS / seconds));
            Samples past = new Samples("submit to end of a job that passes them all", "ms");
            for (int i = 0; i < 20; i++) {
                long start = System.nanoTime();
                bench.run(MLTrain.builder()
                        .from(Workbench.job("small-" + i, "/bin/true"))
                        .priority(1_000)
                        .build());
                past.add((System.nanoTime() - start) / 1e6);
            }
            past.print();
            begin = System.nanoTime();
            bench.engine
                    .list(JobFilter.ALL)
                    .forEach(view -> bench.engine.cancel(view.id(), "measured").join());
            Samples.line("cancelled", String.format("%.0f jobs/s", JOBS / ((System.nanoTime() - begin) / 1e9)));
        }
    }

    private static MLTrain job(String name, int cpus, String... command) {
        return MLTrain.named(name)
                .framework("command")
                .putLabel("team", "research")
                .addRole(Role.named("worker")
                        .command(command)
                        .env("DATA", "/data/set/" + name)
                        .env("MODE", "train")
                        .resources(Resources.builder().cpus(cpus).build())
                        .build())
                .build();
    }

    private static double usedAfterCollection() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
