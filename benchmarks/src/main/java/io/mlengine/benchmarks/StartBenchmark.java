package io.mlengine.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** From nothing to the first process: in a new Java process each time, as a command line or a service would. */
final class StartBenchmark implements Benchmarks.Benchmark {
    private static final int TIMES = 7;

    @Override
    public void run() throws Exception {
        Samples fromMain = new Samples("engine start to first process", "ms");
        Samples fromExec = new Samples("start of Java to first process", "ms");
        for (int i = 0; i < TIMES; i++) {
            Instant before = Instant.now();
            Process child = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Once.class.getName())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String[] numbers = child.inputReader().readLine().split(" ");
            if (child.waitFor() != 0) {
                throw new IllegalStateException("the engine did not start");
            }
            fromMain.add((Long.parseLong(numbers[1]) - Long.parseLong(numbers[0])) / 1e6);
            fromExec.add((Long.parseLong(numbers[1]) - LatencyBenchmark.nanos(before)) / 1e6);
        }
        fromMain.print();
        fromExec.print();
    }

    /** Starts an engine and one job, and prints when it began and when the job's process ran. */
    static final class Once {
        private Once() {}

        public static void main(String[] arguments) throws Exception {
            Instant before = Instant.now();
            try (Workbench bench = new Workbench()) {
                Path seen = bench.root.resolve("seen");
                bench.run(Workbench.job("first", "/bin/sh", "-c", "exec date +%s%N >" + seen));
                System.out.println(LatencyBenchmark.nanos(before) + " "
                        + Files.readString(seen).trim());
            }
        }
    }
}
