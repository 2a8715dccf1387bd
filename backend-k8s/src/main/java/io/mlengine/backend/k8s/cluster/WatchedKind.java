package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watch on one kind of objects, begun anew when it dies or misses something. Looked after by one thread at a time.
 *
 * @param <T> what is watched
 */
public final class WatchedKind<T extends HasMetadata> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedKind.class);

    private final Supplier<SharedIndexInformer<T>> source;
    private final WatchProbe<T> probe;
    private volatile SharedIndexInformer<T> informer;
    private boolean isHeard = true;

    /**
     * Begins to watch.
     *
     * @param source begins another watch
     */
    WatchedKind(Supplier<SharedIndexInformer<T>> source, WatchProbe<T> probe) {
        this(source.get(), source, probe);
    }

    /**
     * Takes over a watch.
     *
     * @param first the watch, which has begun
     * @param source begins another one
     * @param probe asks on another connection what has happened
     */
    public WatchedKind(SharedIndexInformer<T> first, Supplier<SharedIndexInformer<T>> source, WatchProbe<T> probe) {
        this.informer = first;
        this.source = source;
        this.probe = probe;
    }

    /** What has become of the watch. */
    public enum Look {
        /** It goes on, or waits for the server. */
        GOES_ON,
        /** It has died, and another one is begun. */
        BEGUN_ANEW,
        /** It has missed something, and another one is begun. */
        HAS_MISSED
    }

    /**
     * Looks after the watch; called about once a second. Never blocks.
     *
     * @return what has become of it
     */
    public Look look() {
        if (informer.stopped().toCompletableFuture().isDone()) {
            LOG.warn("a watch has died and is begun anew of={}", kind());
            informer = source.get();
            return Look.BEGUN_ANEW;
        }
        if (!isWatching()) {
            return Look.GOES_ON;
        }
        WatchProbe.State state = probe.look(informer.lastSyncResourceVersion());
        isHeard = state != WatchProbe.State.UNANSWERED;
        if (state != WatchProbe.State.MISSED) {
            return Look.GOES_ON;
        }
        LOG.warn("a watch has not told what has happened and is begun anew of={}", kind());
        informer.stop();
        informer = source.get();
        return Look.HAS_MISSED;
    }

    private String kind() {
        return informer.getApiTypeClass().getSimpleName();
    }

    /** Whether it has seen everything and goes on. */
    boolean isWhole() {
        return isWatching() && isHeard;
    }

    private boolean isWatching() {
        return informer.hasSynced() && informer.isWatching();
    }

    /**
     * The watch of now.
     *
     * @return the informer, until another watch is begun
     */
    public SharedIndexInformer<T> informer() {
        return informer;
    }

    @Override
    public void close() {
        informer.stop();
    }
}
