package io.mlengine.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** From the call of submit until the program of the job runs and reads the clock; one job after the other. */
final class LatencyBenchmark implements Benchmarks.Benchmark {
    private static final int WARM_UP = 50;
    private static final int JOBS = Integer.getInteger("mlengine.benchmark.jobs", 200);

    @Override
    public void run() throws Exception {
        Samples latency = new Samples("submit to exec", "ms");
        Samples whole = new Samples("submit to the job's end", "ms");
        try (Workbench bench = new Workbench()) {
            for (int i = 0; i < WARM_UP + JOBS; i++) {
                Path seen = bench.root.resolve("seen-" + i);
                long begin = System.nanoTime();
                Instant before = Instant.now();
                bench.run(Workbench.job("job-" + i, "/bin/sh", "-c", "exec date +%s%N >" + seen));
                if (i >= WARM_UP) {
                    whole.add((System.nanoTime() - begin) / 1e6);
                    latency.add((Long.parseLong(Files.readString(seen).trim()) - nanos(before)) / 1e6);
                }
            }
        }
        latency.print();
        whole.print();
    }

    static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }
}
