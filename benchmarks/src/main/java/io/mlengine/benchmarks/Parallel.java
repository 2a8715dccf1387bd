package io.mlengine.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/** Requests of preparation, many at a time. */
final class Parallel {
    private static final int AT_ONCE = 24;

    private Parallel() {}

    /** Does something for each number below a count; returns when all is done, or throws what failed. */
    static void each(int count, IntConsumer work) throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                all.add(workers.submit(() -> work.accept(number)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            workers.shutdownNow();
        }
    }
}
