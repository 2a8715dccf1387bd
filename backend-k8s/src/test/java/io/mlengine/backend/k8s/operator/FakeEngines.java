package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.core.api.Health;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes engines that note what becomes of them, and fails when there are ever two. */
final class FakeEngines implements EngineFactory {
    volatile boolean fails;
    volatile Health.Status status = Health.Status.UP;
    volatile Runnable whileStarting = () -> {};

    private final List<String> happened;
    private final AtomicInteger alive = new AtomicInteger();

    FakeEngines(List<String> happened) {
        this.happened = happened;
    }

    @Override
    public RunningEngine start(long token, Leadership leadership) {
        whileStarting.run();
        if (fails) {
            happened.add("failed " + token);
            throw new IllegalStateException("no engine today");
        }
        assertThat(alive.incrementAndGet()).as("engines at the same time").isEqualTo(1);
        happened.add("started " + token);
        return new RunningEngine() {
            @Override
            public Health health() {
                return new Health(status, new TreeMap<>());
            }

            @Override
            public void close() {
                alive.decrementAndGet();
                happened.add("closed " + token + (leadership.isHeld() ? " while held" : ""));
            }
        };
    }
}
