package io.mlengine.benchmarks;

import io.mlengine.core.api.JobHandle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Jobs that do nothing, against a bare loop of {@link ProcessBuilder} in the same run, in turns. */
final class ThroughputBenchmark implements Benchmarks.Benchmark {
    private static final int ROUNDS = Integer.getInteger("mlengine.benchmark.rounds", 5);
    private static final int JOBS = Integer.getInteger("mlengine.benchmark.jobs", 200);
    private static final String NOTHING = "/bin/true";

    private int names;

    @Override
    public void run() throws Exception {
        for (int atOnce : List.of(1, 8)) {
            Samples bare = new Samples("bare processes, " + atOnce + " at once", "/s");
            Samples jobs = new Samples("jobs, " + atOnce + " at once", "/s");
            Samples share = new Samples("jobs against bare, " + atOnce + " at once", "%");
            try (Workbench bench = new Workbench()) {
                bare(atOnce);
                jobs(bench, atOnce);
                for (int round = 0; round < ROUNDS; round++) {
                    double bareRate = bare(atOnce);
                    double jobRate = jobs(bench, atOnce);
                    bare.add(bareRate);
                    jobs.add(jobRate);
                    share.add(100 * jobRate / bareRate);
                }
            }
            bare.print();
            jobs.print();
            share.print();
        }
    }

    private static double bare(int atOnce) throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(atOnce);
        try {
            long begin = System.nanoTime();
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < JOBS; i++) {
                all.add(workers.submit(
                        () -> new ProcessBuilder(NOTHING).inheritIO().start().waitFor()));
            }
            for (Future<Integer> one : all) {
                one.get();
            }
            return perSecond(begin);
        } finally {
            workers.shutdown();
        }
    }

    private double jobs(Workbench bench, int atOnce) {
        long begin = System.nanoTime();
        Deque<JobHandle> running = new ArrayDeque<>();
        for (int i = 0; i < JOBS; i++) {
            if (running.size() == atOnce) {
                running.remove().await(Duration.ofMinutes(1));
            }
            running.add(bench.submit(Workbench.job("job-" + names++, NOTHING)));
        }
        running.forEach(job -> job.await(Duration.ofMinutes(1)));
        return perSecond(begin);
    }

    private static double perSecond(long begin) {
        return JOBS * 1e9 / (System.nanoTime() - begin);
    }
}
