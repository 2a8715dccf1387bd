package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.cluster.JobOwners;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.cluster.WatchProbes;
import io.mlengine.backend.k8s.delegate.DelegateController;
import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.EngineListener;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.store.JobStore;
import io.mlengine.core.time.EngineClock;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps each job's record in the status of its {@code MLTrain} object. Users submit by making objects and wish by changing
 * {@code spec.desired}, sizes of elastic roles, or by deleting; queues are {@code MLQueue} objects. What several engines
 * might write is fenced twice: by the leadership of this process, asked before each write, and by the version of the
 * record that the write replaces.
 *
 * <p>Threading: safe for any thread. Writes run on the given executor, which they block; those of one job come one after
 * the other.
 */
public final class KubernetesJobStore implements JobStore, JobOwners {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesJobStore.class);
    private static final int CONFLICT = 409;
    private static final Duration PACE = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final String API_VERSION = Labels.GROUP + "/" + Labels.VERSION;
    private static final String KIND = new MLTrainResource().getKind();

    private final KubernetesClient client;
    private final String owner;
    private final Leadership leadership;
    private final Executor writers;
    private final EngineClock clock;
    private final TrainWriter writer;
    private final TrainWatch trains;
    private final QueueWatch queues;
    private final QueueStatuses statuses;
    private final StatusRefresh refresh;
    private final KubernetesEvents events;
    private final UnreadableJobs unreadable;
    private final Departures departures;
    private final RejectionNotes rejections;
    private final DelegateController delegates;
    private volatile @Nullable Outside outside;
    private volatile boolean closed;
    private volatile EngineClock.Cancellation nextLook = () -> {};

    /**
     * Makes a store; {@link #open} reads it.
     *
     * @param client reaches the API server; not closed
     * @param namespaces whose jobs are kept, empty for all
     * @param owner name of this process, for people
     * @param leadership says whether this process may write
     * @param writers runs writes, several at a time; not ended
     * @param clock the time, for sums that grow while a job runs
     * @param stalePatience how long the API server may be silent before it is asked what a watch has missed
     */
    public KubernetesJobStore(
            KubernetesClient client,
            Set<String> namespaces,
            String owner,
            Leadership leadership,
            Executor writers,
            EngineClock clock,
            Duration stalePatience) {
        this.client = client;
        this.clock = clock;
        this.owner = owner;
        this.leadership = leadership;
        this.writers = writers;
        TrainReader reader = new TrainReader(client);
        this.writer = new TrainWriter(client, reader);
        this.departures = new Departures(reader::read, writers, clock, this::departed);
        this.rejections = new RejectionNotes(this::writeRejection, leadership::isHeld, writers, clock);
        WatchProbes probes = new WatchProbes(stalePatience, writers, clock);
        this.trains = new TrainWatch(client, namespaces, probes);
        this.queues = new QueueWatch(client, probes, this::queuesChanged);
        this.statuses = new QueueStatuses(client, queues::objects, leadership, writers);
        this.events = new KubernetesEvents(client, writers);
        this.unreadable = new UnreadableJobs(writer, events, leadership, writers, clock);
        this.delegates = new DelegateController(client, namespaces, probes, leadership, writers, clock);
        this.refresh = new StatusRefresh(trains, writer, leadership, writers, clock);
    }

    @Override
    public CompletionStage<Opened> open(Fence proposed, Outside outside) {
        Fence fence = new Fence(owner, leadership.token());
        this.outside = outside;
        queues.start(outside);
        lookLater();
        TrainIntake intake = new TrainIntake(
                outside, writer, leadership, writers, delegates, rejections, unreadable, events, departures::check);
        return trains.start(intake).thenApply(records -> {
            statuses.found(records);
            return new Opened(records, fence);
        });
    }

    private void queuesChanged() {
        statuses.queuesChanged();
    }

    private void lookLater() {
        nextLook = clock.schedule(LOOK, () -> writers.execute(this::look));
    }

    private void look() {
        if (closed) {
            return;
        }
        try {
            trains.look();
            queues.look();
            delegates.look();
            statuses.look();
        } finally {
            lookLater();
        }
    }

    @Override
    public Duration pace() {
        return PACE;
    }

    @Override
    public boolean namesJobs() {
        return true;
    }

    @Override
    public CompletionStage<Optional<JobId>> create(MLTrain train, String user) {
        return CompletableFuture.supplyAsync(
                () -> {
                    MLTrainResource resource = MLTrainDocuments.resource(train);
                    resource.addFinalizer(Labels.FINALIZER);
                    resource.getMetadata().getAnnotations().put(Labels.USER, user);
                    try {
                        return Optional.of(trains.made(client.resource(resource).create()));
                    } catch (KubernetesClientException e) {
                        if (e.getCode() == CONFLICT) {
                            return Optional.empty();
                        }
                        throw e;
                    }
                },
                writers);
    }

    @Override
    public CompletionStage<List<Committed>> commit(List<Change> batch, Fence fence) {
        List<CompletableFuture<Committed>> results = new ArrayList<>(batch.size());
        for (Change change : batch) {
            results.add(CompletableFuture.supplyAsync(() -> commit(change, fence), writers));
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenApply(done -> results.stream().map(CompletableFuture::join).toList());
    }

    private Committed commit(Change change, Fence fence) {
        if (!leadership.isHeld() || leadership.token() != fence.token()) {
            return Committed.FENCED;
        }
        TrainEntry entry = trains.entry(change.job()).orElse(null);
        if (entry == null) {
            // There is nothing left to write to. Who deletes an object before its first record is heard only here.
            if (change.record() != null) {
                tell(new Wish(change.job(), Wish.Kind.DELETE, ""));
            }
            statuses.gone(change.job());
            return Committed.OK;
        }
        return entry.exclusively(() -> commit(entry, change));
    }

    private Committed commit(TrainEntry entry, Change change) {
        JobRecord record = change.record();
        if (record == null) {
            entry.forgotten();
            writer.letGo(entry);
            refresh.forget(change.job());
            statuses.gone(change.job());
            return Committed.OK;
        }
        entry.accepted();
        if (change.expected() == 0) {
            writer.hold(entry);
        }
        Committed result = writer.write(entry, refresh.status(entry, record), change.expected());
        if (result == Committed.OK) {
            statuses.stored(record);
        }
        if (change.expected() == 0) {
            // What was wished before there was a record to follow it.
            entry.wishes().since(TrainEntry.followed(record), change.job()).forEach(this::tell);
        }
        return result;
    }

    @Override
    public CompletionStage<Void> reject(JobId job, List<Violation> violations, Fence fence) {
        trains.entry(job).filter(entry -> !entry.isAccepted()).ifPresent(entry -> rejections.show(entry, violations));
        return CompletableFuture.completedFuture(null);
    }

    private void writeRejection(TrainEntry entry, List<Violation> violations) {
        entry.exclusively(() -> writer.write(entry, Rejections.status(violations, entry.generation()), 0));
    }

    /** Objects may be handed to kinds of Kubeflow, where the cluster has them. */
    @Override
    public boolean delegates() {
        return true;
    }

    @Override
    public CompletionStage<Void> delegate(JobId job, Fence fence) {
        if (!leadership.isHeld() || leadership.token() != fence.token()) {
            return CompletableFuture.failedFuture(new IllegalStateException("this process does not lead"));
        }
        trains.entry(job).ifPresent(entry -> delegates.take(entry.namespace(), entry.name(), JobIds.uid(job)));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Optional<JobOwner> find(JobId job) {
        return trains.entry(job)
                .filter(entry -> !entry.isSetAside())
                .map(entry ->
                        new JobOwner(API_VERSION, KIND, entry.namespace(), entry.name(), JobIds.uid(entry.job())));
    }

    /** Shows why jobs wait and how far they are, at most once a second for each job, and tells their lives as Events. */
    @Override
    public Optional<EngineListener> listener() {
        return Optional.of(event -> {
            boolean isNews = event.type() == EngineEvent.Type.WAITING || event.type() == EngineEvent.Type.PROGRESS;
            // A job that begins to wait says why with its phase, and not once more.
            if (isNews || event.view().waiting().isPresent()) {
                refresh.show(event.view());
            }
            events.onEvent(event);
        });
    }

    @Override
    public void close() {
        closed = true;
        nextLook.cancel();
        departures.close();
        rejections.close();
        refresh.close();
        events.close();
        trains.close();
        delegates.close();
        queues.close();
    }

    /** The object of an accepted job is gone for certain, by somebody who took its finalizer away. */
    private void departed(TrainEntry entry) {
        trains.forget(entry);
        tell(new Wish(entry.job(), Wish.Kind.DELETE, ""));
    }

    private void tell(Wish wish) {
        Outside hears = outside;
        if (hears != null) {
            hears.wish(wish);
        }
    }
}
