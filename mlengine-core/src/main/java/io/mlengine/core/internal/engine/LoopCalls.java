package io.mlengine.core.internal.engine;

import io.mlengine.core.api.EngineErrorCode;
import io.mlengine.spi.error.MLEngineException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Calls of users that run on the loop and answer with futures, which are completed elsewhere. Safe for any thread. */
final class LoopCalls {
    /** What runs on the loop; completes the result now or later, or throws. */
    interface Call<T> {
        void run(CompletableFuture<T> result);
    }

    private final EngineLoop loop;
    private final Executor completions;
    private final int capacity;
    private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    LoopCalls(EngineLoop loop, Executor completions, int capacity) {
        this.loop = loop;
        this.completions = completions;
        this.capacity = capacity;
    }

    <T> CompletableFuture<T> onLoop(Call<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        boolean taken = loop.call(() -> {
            try {
                call.run(result);
            } catch (RuntimeException e) {
                fail(result, e);
                throw e;
            }
        });
        if (!taken) {
            result.completeExceptionally(DefaultMLEngine.error(
                    EngineErrorCode.MAILBOX_FULL,
                    "Calls come faster than they are handled. Maybe wait for earlier ones to complete.",
                    Map.of("waiting", capacity)));
            return result;
        }
        open.add(result);
        result.whenComplete((value, error) -> open.remove(result));
        if (ended) {
            fail(result, notInCharge());
        }
        return result;
    }

    <T> void complete(CompletableFuture<T> result, Supplier<T> value) {
        result.completeAsync(value, completions);
    }

    void fail(CompletableFuture<?> result, Throwable error) {
        completions.execute(() -> result.completeExceptionally(error));
    }

    /** Nothing is stored any more, so nothing would ever be answered. */
    void end() {
        ended = true;
        List.copyOf(open).forEach(result -> fail(result, notInCharge()));
    }

    private static MLEngineException notInCharge() {
        return DefaultMLEngine.error(
                EngineErrorCode.FENCED, "Another engine owns the records now. Maybe ask that one.", Map.of());
    }
}
