package io.mlengine.backend.k8s.webhook;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts tasks that take too long. The JDK's server reads a request on the thread that answers it, and an interrupt
 * closes its connection: so clients that connect and say nothing cannot hold all threads for ever.
 */
final class TimedExecutor implements Executor {
    private final ExecutorService threads;
    private final ScheduledExecutorService timer;
    private final Duration limit;

    TimedExecutor(ExecutorService threads, ScheduledExecutorService timer, Duration limit) {
        this.threads = threads;
        this.timer = timer;
        this.limit = limit;
    }

    @Override
    public void execute(Runnable command) {
        threads.execute(new Timed(command));
    }

    private final class Timed implements Runnable {
        private final Runnable command;
        private @Nullable Thread runner;

        Timed(Runnable command) {
            this.command = command;
        }

        @Override
        public void run() {
            runBy(Thread.currentThread());
            ScheduledFuture<?> end = timer.schedule(this::interrupt, limit.toMillis(), TimeUnit.MILLISECONDS);
            try {
                command.run();
            } finally {
                end.cancel(false);
                runBy(null);
                // An interrupt that came too late must not hit the thread's next task.
                Thread.interrupted();
            }
        }

        private synchronized void runBy(@Nullable Thread thread) {
            runner = thread;
        }

        private synchronized void interrupt() {
            if (runner != null) {
                runner.interrupt();
            }
        }
    }
}
