package io.mlengine.testkit.sim;

import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What lies between an engine and its backend: orders, answers and reports take a random while; older fences end here. */
final class SimulatedLine {
    private final VirtualTime time;
    private final SplittableRandom random;
    private final FaultPlan faults;
    private @Nullable Consumer<BackendEvent> sink;
    private @Nullable Fence newest;

    SimulatedLine(VirtualTime time, SplittableRandom random, FaultPlan faults) {
        this.time = time;
        this.random = random;
        this.faults = faults;
    }

    /** Somebody hears reports from now on, and the first ones soon. */
    void connect(Consumer<BackendEvent> newSink, Runnable firstReports) {
        sink = newSink;
        time.schedule(latency(), () -> {
            if (sink == newSink) {
                firstReports.run();
            }
        });
    }

    /** Nobody hears reports any more. */
    void disconnect() {
        sink = null;
    }

    CompletionStage<Void> laterDo(Fence fence, Runnable order) {
        return later(fence, () -> {
                    order.run();
                    return fence;
                })
                .thenAccept(unused -> {});
    }

    <T> CompletionStage<T> later(Fence fence, Supplier<T> order) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        time.schedule(latency(), () -> {
            Fence seen = newest;
            if (seen != null && fence.token() < seen.token()) {
                answer.completeExceptionally(new OrderFailedException(
                        FailureClass.INFRASTRUCTURE, "Fenced", "a newer engine is in charge", null));
                return;
            }
            newest = fence;
            try {
                T result = order.get();
                time.schedule(latency(), () -> answer.complete(result));
            } catch (OrderFailedException e) {
                time.schedule(latency(), () -> answer.completeExceptionally(e));
            }
        });
        return answer;
    }

    /** Reports a state once, late. */
    void send(ReplicaStatus status) {
        time.schedule(latency(), () -> emit(new BackendEvent.ReplicaReported(status)));
    }

    /** Reports at once. */
    void emit(BackendEvent event) {
        Consumer<BackendEvent> current = sink;
        if (current != null) {
            current.accept(event);
        }
    }

    boolean happens(int perMille) {
        return perMille > 0 && random.nextInt(1000) < perMille;
    }

    Duration millis(long most) {
        return Duration.ofMillis(most <= 0 ? 0 : random.nextLong(most + 1));
    }

    private Duration latency() {
        return millis(faults.latency().toMillis());
    }
}
