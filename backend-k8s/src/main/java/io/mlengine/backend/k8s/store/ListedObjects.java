package io.mlengine.backend.k8s.store;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Knows when a watch has told of everything that it listed at its start: it says that it has started while another thread
 * still tells. Thread-safe.
 */
final class ListedObjects {
    private final CompletableFuture<Void> allTold = new CompletableFuture<>();
    private final Set<String> missing = new HashSet<>();
    private final Set<String> early = new HashSet<>();
    private boolean isListed;

    /**
     * Takes note of what was listed.
     *
     * @param uids the objects, of which some may have been told of already
     * @return completes when all of them have been, on the thread that tells of the last; fails when the watch ends before
     */
    CompletionStage<Void> told(Set<String> uids) {
        boolean isComplete;
        synchronized (this) {
            isListed = true;
            missing.addAll(uids);
            missing.removeAll(early);
            early.clear();
            isComplete = missing.isEmpty();
        }
        if (isComplete) {
            allTold.complete(null);
        }
        return allTold;
    }

    /** The watch tells nothing any more; who waits, waits in vain. */
    void end() {
        allTold.completeExceptionally(
                new IllegalStateException("the watch was ended before it had told of everything"));
    }

    /** The watch has told of an object, whatever there was to tell. */
    void isTold(String uid) {
        boolean isLast;
        synchronized (this) {
            if (!isListed) {
                early.add(uid);
            }
            isLast = missing.remove(uid) && missing.isEmpty();
        }
        if (isLast) {
            allTold.complete(null);
        }
    }
}
