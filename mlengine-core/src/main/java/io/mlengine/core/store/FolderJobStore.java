package io.mlengine.core.store;

import io.mlengine.core.document.RecordDocument;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.time.SystemClock;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.model.JobId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps each job's record as JSON in the job's own folder, where other processes of this machine read it with {@link
 * FolderJobs} while it runs and after its end. An engine owns the jobs that it accepted, and no others: several engines
 * can share a root. Records are not forced to disk; a store that survives power loss is another one.
 */
public final class FolderJobStore implements JobStore {
    private static final Logger LOG = LoggerFactory.getLogger(FolderJobStore.class);
    private static final long WISH_POLL_MILLIS = 200;

    private final JobFolders folders;
    private final InstantSource clock;
    private final ExecutorService writer;
    private final ScheduledExecutorService poller;
    private final Map<JobId, FileChannel> owned = new TreeMap<>();

    /**
     * Keeps records below a folder.
     *
     * @param root the folder; made when it does not exist
     * @return the store
     */
    public static FolderJobStore below(Path root) {
        return below(root, SystemClock.wall());
    }

    /**
     * Keeps records below a folder.
     *
     * @param root the folder; made when it does not exist
     * @param clock tells which finished jobs have been kept long enough
     * @return the store
     */
    public static FolderJobStore below(Path root, InstantSource clock) {
        return new FolderJobStore(root, clock);
    }

    private FolderJobStore(Path root, InstantSource clock) {
        this.folders = new JobFolders(root);
        this.clock = clock;
        this.writer = Executors.newSingleThreadExecutor(task -> daemon(task, "mlengine-store"));
        this.poller = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "mlengine-wishes"));
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public CompletionStage<Opened> open(Fence proposed, Outside outside) {
        poller.scheduleWithFixedDelay(
                () -> pollWishes(outside), WISH_POLL_MILLIS, WISH_POLL_MILLIS, TimeUnit.MILLISECONDS);
        writer.execute(this::removeExpired);
        return CompletableFuture.completedFuture(new Opened(List.of(), proposed));
    }

    /** Jobs whose time ran out while no engine was there to see it. */
    private void removeExpired() {
        for (String job : folders.list()) {
            try {
                if (!folders.isOwned(job)
                        && folders.record(job)
                                .map(RecordDocument::read)
                                .filter(this::isExpired)
                                .isPresent()) {
                    deleteTree(folders.folder(job));
                }
            } catch (IOException | RuntimeException e) {
                LOG.warn("an old record cannot be looked at: job={}", job, e);
            }
        }
    }

    private boolean isExpired(JobRecord record) {
        return record.finishedAt()
                .flatMap(end -> record.train().runPolicy().ttlAfterFinished().map(end::plus))
                .map(last -> !last.isAfter(clock.instant()))
                .orElse(false);
    }

    @Override
    public CompletionStage<List<Committed>> commit(List<Change> batch, Fence fence) {
        return CompletableFuture.supplyAsync(
                () -> {
                    List<Committed> results = new ArrayList<>(batch.size());
                    for (Change change : batch) {
                        try {
                            commit(change);
                        } catch (IOException e) {
                            throw new CompletionException(
                                    "cannot write the record of " + change.job() + ": " + e.getMessage(), e);
                        }
                        results.add(Committed.OK);
                    }
                    return results;
                },
                writer);
    }

    private void commit(Change change) throws IOException {
        String job = change.job().value();
        JobRecord record = change.record();
        if (record == null) {
            disown(change.job());
            deleteTree(folders.folder(job));
            return;
        }
        synchronized (owned) {
            if (!owned.containsKey(change.job())) {
                owned.put(change.job(), folders.own(job));
            }
        }
        folders.writeRecord(job, RecordDocument.write(record));
        if (record.phase().isTerminal()
                && record.train().runPolicy().ttlAfterFinished().isEmpty()) {
            disown(change.job());
        }
    }

    private void disown(JobId job) throws IOException {
        synchronized (owned) {
            FileChannel lock = owned.remove(job);
            if (lock != null) {
                lock.close();
            }
        }
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private void pollWishes(Outside outside) {
        List<JobId> jobs;
        synchronized (owned) {
            jobs = List.copyOf(owned.keySet());
        }
        for (JobId job : jobs) {
            try {
                for (String text : folders.takeWishes(job.value())) {
                    WishText.read(job, text)
                            .ifPresentOrElse(outside::wish, () -> LOG.warn("a wish cannot be read: job={}", job));
                }
            } catch (IOException e) {
                LOG.warn("wishes cannot be read: job={}", job, e);
            }
        }
    }

    @Override
    public void close() {
        poller.shutdownNow();
        writer.shutdown();
        try {
            if (!writer.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("records were still being written when the store was closed");
            }
            for (JobId job : List.copyOf(owned.keySet())) {
                disown(job);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("a lock could not be given back", e);
        }
    }
}
