package io.mlengine.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The command that runs the benchmarks; {@code benchmarks/run} starts it. */
public final class Benchmarks {
    private static final Map<String, Benchmark> ALL = new TreeMap<>(Map.of(
            "bind", new BindBenchmark(),
            "cost", new CostBenchmark(),
            "decide", new DecideRun(),
            "heap", new HeapBenchmark(),
            "latency", new LatencyBenchmark(),
            "memory", new MemoryBenchmark(),
            "pytorch", new PyTorchBenchmark(),
            "start", new StartBenchmark(),
            "throughput", new ThroughputBenchmark(),
            "zoo", new Zoo()));

    private Benchmarks() {}

    /** Something that is measured. */
    interface Benchmark {
        /** Measures and prints. */
        void run() throws Exception;
    }

    /**
     * Runs the named benchmarks, or all.
     *
     * @param names which
     * @throws Exception when one cannot run
     */
    public static void main(String[] names) throws Exception {
        List<String> chosen = names.length == 0 ? List.copyOf(ALL.keySet()) : List.of(names);
        System.out.printf(
                Locale.ROOT,
                "# %d processors, Java %s, load %.1f%n",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        for (String name : chosen) {
            Benchmark benchmark = ALL.get(name);
            if (benchmark == null) {
                throw new IllegalArgumentException("no benchmark " + name + "; there are " + ALL.keySet());
            }
            System.out.println("## " + name);
            benchmark.run();
        }
    }
}
