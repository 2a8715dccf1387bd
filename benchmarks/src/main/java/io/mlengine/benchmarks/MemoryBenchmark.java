package io.mlengine.benchmarks;

import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.core.job.Phase;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What 10,000 jobs cost the controller, some of which run and most of which wait: memory, CPU while nothing happens, time
 * until one that starts knows them all, and a small job's way past them.
 */
final class MemoryBenchmark implements Benchmarks.Benchmark {
    private static final int JOBS = Integer.getInteger("mlengine.benchmark.jobs", 10_000);
    private static final int IDLE_SECONDS = Integer.getInteger("mlengine.benchmark.idle", 20);
    private static final int NODES = 8;
    private static final int GPUS = 8;
    private static final int SMALL_JOBS = 5;
    private static final int PAUSE_MILLIS = 500;
    private static final int SETTLING_SECONDS = 5;
    /** Of a core. */
    private static final double QUIET = 0.1;

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final double MEGABYTE = 1 << 20;

    @Override
    public void run() throws Exception {
        KubernetesServer server = KubernetesServer.shared();
        try (TrainField field = new TrainField(server, NODES, GPUS)) {
            Circumstances.of(field.client).forEach((what, value) -> Samples.line(what, value.toString()));
            double empty;
            try (MeasuredJvm operator = MeasuredJvm.start(OperatorWork.class, server.kubeconfig())) {
                operator.begin(field.namespace);
                empty = operator.heapBytes() / MEGABYTE;
                Samples.line("heap without jobs", megabytes(empty));
                fill(field, operator);
                operator.end();
            }
            try (MeasuredJvm operator = MeasuredJvm.start(OperatorWork.class, server.kubeconfig())) {
                long begin = System.nanoTime();
                operator.begin(field.namespace);
                Samples.line("start until it leads and knows all", seconds(begin));
                Samples.line("CPU of the start", String.format(Locale.ROOT, "%.1f s", cpu(operator)));
                describe(operator, empty);
                settle(operator);
                Samples.line("until it has told everybody why he waits", seconds(begin));
                pass(field);
                settle(operator);
                idle(operator);
                operator.end();
            }
        }
    }

    private static void fill(TrainField field, MeasuredJvm operator) throws Exception {
        long begin = System.nanoTime();
        double cpu = cpu(operator);
        Parallel.each(JOBS, i -> field.apply(field.train("job-" + i, 1, 1)));
        Samples.line("objects made", seconds(begin));
        awaitAll(operator);
        Samples.line("all accepted, those that fit running", seconds(begin));
        Samples.line("CPU for each job", String.format(Locale.ROOT, "%.1f ms", (cpu(operator) - cpu) * 1000 / JOBS));
    }

    private static void awaitAll(MeasuredJvm operator) throws Exception {
        int running = Math.min(JOBS, NODES * GPUS);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (count(operator, Phase.RUNNING) < running || count(operator, Phase.QUEUED) < JOBS - running) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(count(operator, Phase.RUNNING) + " run and "
                        + count(operator, Phase.QUEUED) + " wait, of " + JOBS + " jobs");
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private static int count(MeasuredJvm operator, Phase phase) throws IOException {
        return Integer.parseInt(operator.answer(phase.name()));
    }

    private static void describe(MeasuredJvm operator, double empty) throws Exception {
        awaitAll(operator);
        Samples.line("jobs", count(operator, Phase.RUNNING) + " running, " + count(operator, Phase.QUEUED) + " queued");
        double full = operator.heapBytes() / MEGABYTE;
        Samples.line("heap with them, after a collection", megabytes(full));
        Samples.line("for each job", String.format(Locale.ROOT, "%.1f kB", (full - empty) * 1024 / JOBS));
        Samples.line("most memory resident", megabytes(Processes.peakMegabytes(operator.handle())));
    }

    /** Returns when the controller has nothing left to do. */
    private static void settle(MeasuredJvm operator) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        double before = cpu(operator);
        while (true) {
            Thread.sleep(SETTLING_SECONDS * 1000L);
            double now = cpu(operator);
            if ((now - before) / SETTLING_SECONDS < QUIET) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the controller finds no rest");
            }
            before = now;
        }
    }

    private static void idle(MeasuredJvm operator) throws InterruptedException {
        double cpu = cpu(operator);
        Thread.sleep(IDLE_SECONDS * 1000L);
        Samples.line(
                "CPU while nothing happens",
                String.format(Locale.ROOT, "%.1f %% of a core", (cpu(operator) - cpu) * 100 / IDLE_SECONDS));
    }

    private static void pass(TrainField field) throws InterruptedException {
        Samples past = new Samples("apply to bound of a job that passes them", "ms");
        for (int i = 0; i < SMALL_JOBS; i++) {
            past.add(field.secondsUntilBound(field.train("small-" + i, 1, 0).priority(1_000), 1) * 1000);
        }
        past.print();
    }

    private static double cpu(MeasuredJvm operator) {
        return Processes.cpuSeconds(List.of(operator.handle()));
    }

    private static String seconds(long begin) {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - begin) / 1e9);
    }

    private static String megabytes(double megabytes) {
        return String.format(Locale.ROOT, "%.0f MB", megabytes);
    }
}
