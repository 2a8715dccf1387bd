package io.mlengine.backend.k8s.store;

import com.google.common.base.Throwables;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.Watchable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.mlengine.backend.k8s.cluster.NamesOnly;
import io.mlengine.backend.k8s.cluster.WatchProbes;
import io.mlengine.backend.k8s.cluster.WatchedKind;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.core.job.JobRecord;
import io.mlengine.spi.model.JobId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches {@code MLTrain} objects. Of each only a {@link TrainEntry} is kept. What is there at the start is told first, as
 * a list of records; everything else, in the order of creation, afterwards.
 */
final class TrainWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrainWatch.class);

    /** What is done with objects; called by one thread at a time. */
    interface Listener {
        /**
         * The record of an object that is there at the start, if it has one.
         *
         * @throws RuntimeException when it cannot be read: the object is set aside
         */
        Optional<JobRecord> found(MLTrainResource resource);

        /** An object is there or has changed. */
        void changed(TrainEntry entry, MLTrainResource resource);

        /** An object of an accepted job is said to be gone; who has made sure of it calls {@link #forget}. */
        void gone(TrainEntry entry);
    }

    private static final int TOO_MANY_REQUESTS = 429;
    private static final long PAGE = 500;

    private final KubernetesClient client;
    private final Set<String> namespaces;
    private final Map<JobId, TrainEntry> entries = new ConcurrentHashMap<>();
    private final WatchProbes probes;
    private final List<WatchedKind<MLTrainResource>> watches = new ArrayList<>();
    /** What was seen before the start was over, by uid; empty afterwards. */
    private Map<String, MLTrainResource> early = new HashMap<>();

    private final ListedObjects listed = new ListedObjects();
    private boolean begun;
    private boolean closed;

    TrainWatch(KubernetesClient client, Set<String> namespaces, WatchProbes probes) {
        this.client = client;
        this.probes = probes;
        this.namespaces = Set.copyOf(namespaces);
    }

    /**
     * Begins to watch.
     *
     * @return the records that are there; fails when they cannot be read
     */
    synchronized CompletionStage<List<JobRecord>> start(Listener listener) {
        Handler handler = new Handler(listener);
        List<CompletableFuture<Void>> started = new ArrayList<>();
        var jobs = client.resources(MLTrainResource.class);
        if (namespaces.isEmpty()) {
            started.add(watch(jobs.inAnyNamespace(), handler));
        }
        for (String namespace : namespaces) {
            started.add(watch(jobs.inNamespace(namespace), handler));
        }
        return CompletableFuture.allOf(started.toArray(CompletableFuture[]::new))
                .thenCompose(done -> listed.told(uids()))
                .thenApply(done -> begin(listener));
    }

    /** Completes, or fails, when the objects that are there have been read. */
    private <W extends Watchable<MLTrainResource> & Informable<MLTrainResource>> CompletableFuture<Void> watch(
            W jobs, Handler handler) {
        // One for all watches that follow each other, so that each tells what has gone since the one before.
        ItemStore<MLTrainResource> names = new NamesOnly<>(any -> new MLTrainResource());
        SharedIndexInformer<MLTrainResource> first = informer(jobs, names, handler, isStarted -> isStarted);
        CompletableFuture<Void> started = first.start().toCompletableFuture();
        watches.add(new WatchedKind<>(
                first,
                () -> {
                    SharedIndexInformer<MLTrainResource> next = informer(jobs, names, handler, isStarted -> true);
                    next.start();
                    return next;
                },
                probes.of(jobs::watch)));
        return started;
    }

    private static SharedIndexInformer<MLTrainResource> informer(
            Informable<MLTrainResource> jobs,
            ItemStore<MLTrainResource> names,
            Handler handler,
            Predicate<Boolean> isTriedAgain) {
        // Without a limit the server may answer from a cache that lags behind, and an engine would begin with old
        // records.
        return jobs.withLimit(PAGE)
                .runnableInformer(0)
                .itemStore(names)
                .removeNamespaceIndex()
                .exceptionHandler((isStarted, error) -> {
                    LOG.debug("the watch on jobs failed and is made again: error={}", error.toString());
                    return isTriedAgain.test(isStarted) || isAskedToWait(error);
                })
                .addEventHandler(handler);
    }

    /** A server that starts, or to which a kind is new, says so, as one does that has too much to do. */
    private static boolean isAskedToWait(Throwable error) {
        return Throwables.getCausalChain(error).stream()
                .anyMatch(cause ->
                        cause instanceof KubernetesClientException refusal && refusal.getCode() == TOO_MANY_REQUESTS);
    }

    /** Looks after the watches; called about once a second. */
    synchronized void look() {
        if (begun && !closed) {
            watches.forEach(WatchedKind::look);
        }
    }

    private synchronized Set<String> uids() {
        return watches.stream()
                .flatMap(watch -> watch.informer().getStore().list().stream())
                .map(resource -> resource.getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    /** The records first; what has none, and what changed meanwhile, is told afterwards. */
    private synchronized List<JobRecord> begin(Listener listener) {
        List<JobRecord> records = new ArrayList<>();
        List<MLTrainResource> oldestFirst = new ArrayList<>(early.values());
        oldestFirst.sort(Comparator.comparing(
                        (MLTrainResource resource) -> resource.getMetadata().getCreationTimestamp())
                .thenComparing(resource -> resource.getMetadata().getName()));
        for (MLTrainResource resource : oldestFirst) {
            try {
                listener.found(resource).ifPresent(record -> {
                    records.add(record);
                    TrainEntry entry = new TrainEntry(resource, TrainEntry.followed(record));
                    entry.accepted();
                    entry.shows(resource.getStatus());
                    entries.put(entry.job(), entry);
                });
            } catch (RuntimeException unreadable) {
                TrainEntry entry = new TrainEntry(resource, SpecWishes.of(resource));
                entry.aside(true);
                entries.put(entry.job(), entry);
            }
        }
        begun = true;
        early = new HashMap<>();
        oldestFirst.forEach(resource -> changed(listener, resource));
        return records;
    }

    private synchronized void changed(Listener listener, MLTrainResource resource) {
        if (!begun) {
            early.put(resource.getMetadata().getUid(), resource);
            return;
        }
        JobId job = JobIds.of(resource.getMetadata().getUid());
        TrainEntry entry = entries.get(job);
        if (entry == null) {
            entry = new TrainEntry(resource, SpecWishes.of(resource));
            entries.put(job, entry);
        } else {
            entry.seen(resource);
        }
        listener.changed(entry, resource);
    }

    /** Takes note of an object that this process made, before the watch tells of it. */
    synchronized JobId made(MLTrainResource resource) {
        JobId job = JobIds.of(resource.getMetadata().getUid());
        entries.computeIfAbsent(job, unused -> new TrainEntry(resource, SpecWishes.of(resource)));
        return job;
    }

    private synchronized void gone(Listener listener, MLTrainResource resource) {
        early.remove(resource.getMetadata().getUid());
        TrainEntry entry = entries.get(JobIds.of(resource.getMetadata().getUid()));
        if (entry == null) {
            return;
        }
        if (entry.isAccepted() && !entry.isForgotten()) {
            listener.gone(entry);
        } else {
            forget(entry);
        }
    }

    /** An object is gone for certain. */
    void forget(TrainEntry entry) {
        entries.remove(entry.job());
    }

    Optional<TrainEntry> entry(JobId job) {
        return Optional.ofNullable(entries.get(job));
    }

    @Override
    public synchronized void close() {
        closed = true;
        watches.forEach(WatchedKind::close);
        listed.end();
    }

    private final class Handler implements ResourceEventHandler<MLTrainResource> {
        private final Listener listener;

        Handler(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void onAdd(MLTrainResource resource) {
            guarded(() -> TrainWatch.this.changed(listener, resource));
            listed.isTold(resource.getMetadata().getUid());
        }

        @Override
        public void onUpdate(MLTrainResource before, MLTrainResource resource) {
            guarded(() -> {
                if (!before.getMetadata().getUid().equals(resource.getMetadata().getUid())) {
                    // While the watch was broken another object has taken the name.
                    TrainWatch.this.gone(listener, before);
                }
                TrainWatch.this.changed(listener, resource);
            });
            listed.isTold(resource.getMetadata().getUid());
        }

        @Override
        public void onDelete(MLTrainResource resource, boolean isUnseen) {
            guarded(() -> TrainWatch.this.gone(listener, resource));
            listed.isTold(resource.getMetadata().getUid());
        }

        private static void guarded(Runnable work) {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.error("a change of an MLTrain object could not be noted", e);
            }
        }
    }
}
