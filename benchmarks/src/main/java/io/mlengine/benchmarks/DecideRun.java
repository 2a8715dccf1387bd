package io.mlengine.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs {@link DecideBenchmark} with JMH. */
final class DecideRun implements Benchmarks.Benchmark {
    @Override
    public void run() throws Exception {
        new Runner(new OptionsBuilder()
                        .include(DecideBenchmark.class.getName())
                        .forks(1)
                        .warmupIterations(3)
                        .warmupTime(TimeValue.seconds(2))
                        .measurementIterations(5)
                        .measurementTime(TimeValue.seconds(2))
                        .timeUnit(TimeUnit.MILLISECONDS)
                        .build())
                .run();
    }
}
