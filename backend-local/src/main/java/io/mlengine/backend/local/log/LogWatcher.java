package io.mlengine.backend.local.log;

import io.mlengine.spi.backend.LogCursor;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.model.ReplicaId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the output of all live replicas with one thread, and serves it to readers. */
public final class LogWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogWatcher.class);
    private static final long POLL_MILLIS = 100;

    private final ReplicaFolders folders;
    private final LogSettings settings;
    private final Map<ReplicaId, ReplicaLog> live = new ConcurrentHashMap<>();
    private final ExecutorService readers = Executors.newCachedThreadPool(task -> thread(task, "mlengine-log-reader"));
    private final Object change = new Object();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Starts following.
     *
     * @param folders where the logs lie
     * @param settings how much is kept
     */
    public LogWatcher(ReplicaFolders folders, LogSettings settings) {
        this.folders = folders;
        this.settings = settings;
        thread = thread(this::follow, "mlengine-logs");
        thread.start();
    }

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Begins with a replica, before its process starts.
     *
     * @param replica which start of which replica
     * @param rules what its lines tell
     * @param pause halts its processes
     * @param progress told about progress, at most once a second
     * @return its log
     */
    public ReplicaLog open(ReplicaId replica, List<LogRule> rules, Pause pause, Consumer<Progress> progress) {
        Path folder = folders.replica(replica);
        ReplicaLog log = new ReplicaLog(replica, folder, rules, settings, pause, progress);
        live.put(replica, log);
        return log;
    }

    /**
     * Ends with a replica after {@link ReplicaLog#finish()}; its readers get the rest and complete.
     *
     * @param replica which start of which replica
     */
    public void close(ReplicaId replica) {
        live.remove(replica);
        announce();
    }

    /**
     * Reads a replica's output.
     *
     * @param replica which start of which replica
     * @param from where to begin
     * @param follow whether to go on until the replica has ended
     * @param phase tells whether the replica is still to come, runs, or has ended; asked again and again
     * @return the lines
     */
    public Flow.Publisher<LogLine> lines(ReplicaId replica, LogCursor from, boolean follow, LogPhase.Source phase) {
        return new LogPublisher(this, readers, replica, folders.replica(replica), from, follow, phase);
    }

    /** Waits until something may have changed. */
    void awaitChange() throws InterruptedException {
        synchronized (change) {
            change.wait(POLL_MILLIS);
        }
    }

    boolean isClosed() {
        return closed;
    }

    private void announce() {
        synchronized (change) {
            change.notifyAll();
        }
    }

    private void follow() {
        byte[] buffer = StreamTail.buffer();
        try {
            while (!closed) {
                boolean any = false;
                for (ReplicaLog log : live.values()) {
                    any |= log.poll(buffer);
                }
                if (any) {
                    announce();
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("the logs are no longer followed", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        announce();
        readers.shutdown();
    }
}
