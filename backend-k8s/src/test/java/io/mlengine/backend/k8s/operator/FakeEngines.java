package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.core.api.Health;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes engines that note what becomes of them, and fails when there are ever two. */
final class FakeEngines implements EngineFactory {
    volatile boolean fails;
    private volatile CompletableFuture<Health> halted = new CompletableFuture<>();
    volatile Runnable whileStarting = () -> {};

    private final List<String> happened;
    private final AtomicInteger alive = new AtomicInteger();

    FakeEngines(List<String> happened) {
        this.happened = happened;
    }

    /** Lets the newest engine give up. */
    void halt() {
        halted.complete(new Health(Health.Status.DOWN, new TreeMap<>()));
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
        CompletableFuture<Health> end = new CompletableFuture<>();
        halted = end;
        return new RunningEngine() {
            @Override
            public Health health() {
                return new Health(Health.Status.UP, new TreeMap<>());
            }

            @Override
            public CompletionStage<Health> halted() {
                return end;
            }

            @Override
            public void close() {
                alive.decrementAndGet();
                happened.add("closed " + token + (leadership.isHeld() ? " while held" : ""));
            }
        };
    }
}
