package io.mlengine.testkit.sim;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.store.InMemoryJobStore;
import io.mlengine.core.store.JobStore;
import io.mlengine.spi.backend.Fence;
import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A store whose commits take a while and fail now and then; what it acknowledged survives the engine. */
public final class SimulatedStore implements JobStore {
    private final InMemoryJobStore records = InMemoryJobStore.create();
    private final VirtualTime time;
    private final SplittableRandom random;
    private final FaultPlan faults;

    /**
     * Makes an empty store.
     *
     * @param time the simulation's time
     * @param random decides delays and faults
     * @param faults how unkind the world is
     */
    public SimulatedStore(VirtualTime time, SplittableRandom random, FaultPlan faults) {
        this.time = time;
        this.random = random;
        this.faults = faults;
    }

    @Override
    public CompletionStage<List<JobRecord>> open(Fence fence, Consumer<Wish> wishes) {
        return records.open(fence, wishes);
    }

    @Override
    public CompletionStage<List<Committed>> commit(List<Change> batch, Fence fence) {
        CompletableFuture<List<Committed>> answer = new CompletableFuture<>();
        long latency = Math.max(1, faults.latency().toMillis() / 10);
        time.schedule(Duration.ofMillis(random.nextLong(latency + 1)), () -> {
            if (random.nextInt(1000) < faults.failedCommits()) {
                answer.completeExceptionally(new IllegalStateException("simulated store failure"));
            } else {
                records.commit(batch, fence).thenAccept(answer::complete);
            }
        });
        return answer;
    }

    @Override
    public void close() {
        records.close();
    }
}
