package io.mlengine.core.plugin;

import io.mlengine.spi.error.MLEngineException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a plugin's code runs: on a thread of the plugin's own, one call at a time, each with a deadline
 * that counts from the moment the call begins. A plugin that misses it is not called again, because its thread may never
 * come back. Whatever is thrown becomes an {@link MLEngineException} that names the plugin.
 */
final class Bulkhead implements AutoCloseable {
    private static final long IDLE_THREAD_SECONDS = 10;

    private final PluginOrigin origin;
    private final ClassLoader loader;
    private final Optional<Duration> deadline;
    private final @Nullable ExecutorService thread;
    private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String missedCall;

    private Bulkhead(PluginOrigin origin, ClassLoader loader, Optional<Duration> deadline) {
        this.origin = origin;
        this.loader = loader;
        this.deadline = deadline;
        this.thread = deadline.isPresent() ? threadOf(origin) : null;
    }

    /** A bulkhead with a thread, which exists only while there are calls. */
    static Bulkhead withDeadline(PluginOrigin origin, ClassLoader loader, Duration deadline) {
        return new Bulkhead(origin, loader, Optional.of(deadline));
    }

    /** A bulkhead that calls on the caller's thread and waits for ever: for simulations, which must repeat exactly. */
    static Bulkhead onCallingThread(PluginOrigin origin, ClassLoader loader) {
        return new Bulkhead(origin, loader, Optional.empty());
    }

    private static ExecutorService threadOf(PluginOrigin origin) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                1, 1, IDLE_THREAD_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "mlengine-plugin-" + origin.id());
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    PluginOrigin origin() {
        return origin;
    }

    /** Calls the plugin; what depends on the answer may run on the plugin's thread, so it must not block. */
    <T> CompletableFuture<T> call(String what, Supplier<T> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        ExecutorService executor = thread;
        if (executor == null) {
            run(what, work, answer);
            return answer;
        }
        open.add(answer);
        answer.whenComplete((value, failure) -> open.remove(answer));
        try {
            executor.execute(() -> runWithDeadline(what, work, answer));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(refusedCall(what));
        }
        return answer;
    }

    private <T> void runWithDeadline(String what, Supplier<T> work, CompletableFuture<T> answer) {
        if (answer.isDone()) {
            return;
        }
        CompletableFuture<Boolean> inTime = new CompletableFuture<>();
        inTime.completeOnTimeout(false, deadline.orElseThrow().toNanos(), TimeUnit.NANOSECONDS)
                .thenAccept(isInTime -> {
                    if (!isInTime) {
                        quarantine(what, answer);
                    }
                });
        CompletableFuture<T> result = new CompletableFuture<>();
        run(what, work, result);
        inTime.complete(true);
        result.whenComplete((value, failure) -> {
            if (failure == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(failure);
            }
        });
    }

    // The border to foreign code: an Error of a plugin's, such as a missing class, must not end the engine's thread.
    @SuppressWarnings("PMD.AvoidCatchingThrowable")
    private <T> void run(String what, Supplier<T> work, CompletableFuture<T> answer) {
        Thread current = Thread.currentThread();
        ClassLoader before = current.getContextClassLoader();
        current.setContextClassLoader(loader);
        try {
            T value = work.get();
            current.setContextClassLoader(before);
            answer.complete(value);
        } catch (MLEngineException e) {
            current.setContextClassLoader(before);
            answer.completeExceptionally(e);
        } catch (Throwable e) {
            current.setContextClassLoader(before);
            answer.completeExceptionally(error(
                    PluginError.PLUGIN_FAILED,
                    e instanceof LinkageError
                            ? "The plugin does not fit this engine. Maybe it was built for another version of the SPI."
                            : "The plugin failed. Maybe a later release of it mends that.",
                    Map.of("call", what, "failure", Refusal.described(e)),
                    e));
        }
    }

    private void quarantine(String what, CompletableFuture<?> answer) {
        missedCall = what;
        answer.completeExceptionally(error(
                PluginError.PLUGIN_TIMED_OUT,
                "The plugin did not answer in time and is called no more. Maybe it waits for something.",
                Map.of("call", what, "deadline", deadline.orElseThrow()),
                null));
        if (thread != null) {
            thread.shutdownNow();
        }
        open.forEach(waiting -> waiting.completeExceptionally(refusedCall(what)));
    }

    private MLEngineException refusedCall(String what) {
        String missed = missedCall;
        return missed == null
                ? error(PluginError.PLUGINS_CLOSED, "The plugin catalogue is closed.", Map.of("call", what), null)
                : error(
                        PluginError.PLUGIN_QUARANTINED,
                        "The plugin is called no more, because it did not answer an earlier call in time. Maybe a"
                                + " restart of the engine helps.",
                        Map.of("call", what, "missed", missed),
                        null);
    }

    MLEngineException error(PluginError code, String text, Map<String, ?> details, @Nullable Throwable cause) {
        Map<String, Object> all = new TreeMap<>(details);
        all.put("plugin", origin.id());
        all.put("version", origin.version());
        all.put("source", origin.source());
        return new MLEngineException(code, text, all, cause);
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.shutdownNow();
        }
        open.forEach(waiting -> waiting.completeExceptionally(refusedCall("close")));
    }
}
