package io.mlengine.core.store;

import io.mlengine.core.job.JobRecord;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.model.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Keeps records as long as the object lives; commits complete at once. Safe for use by several threads. */
public final class InMemoryJobStore implements JobStore {
    private final Map<JobId, JobRecord> records = new TreeMap<>();
    private @Nullable Fence owner;

    /**
     * Makes an empty store.
     *
     * @return the store
     */
    public static InMemoryJobStore create() {
        return new InMemoryJobStore();
    }

    private InMemoryJobStore() {}

    @Override
    public synchronized CompletionStage<Opened> open(Fence proposed, Outside outside) {
        owner = proposed;
        return CompletableFuture.completedFuture(new Opened(List.copyOf(records.values()), proposed));
    }

    @Override
    public synchronized CompletionStage<List<Committed>> commit(List<Change> batch, Fence fence) {
        List<Committed> results = new ArrayList<>(batch.size());
        for (Change change : batch) {
            results.add(commit(change, fence));
        }
        return CompletableFuture.completedFuture(results);
    }

    private Committed commit(Change change, Fence fence) {
        if (!fence.equals(owner)) {
            return Committed.FENCED;
        }
        JobRecord stored = records.get(change.job());
        if (change.expected() != (stored == null ? 0 : stored.version())) {
            return Committed.CONFLICT;
        }
        JobRecord record = change.record();
        if (record == null) {
            records.remove(change.job());
        } else {
            records.put(change.job(), record);
        }
        return Committed.OK;
    }

    @Override
    public void close() {}
}
