package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.pod.ForeignGang;
import io.mlengine.backend.k8s.pod.GangName;
import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.backend.k8s.pod.PodManifests;
import io.mlengine.backend.k8s.pod.Reservations;
import io.mlengine.backend.k8s.pod.Unsupported;
import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.Cleanup;
import io.mlengine.spi.backend.ComputeBackend;
import io.mlengine.spi.backend.ExternalPlaces;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.LogCursor;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.backend.ReserveOrder;
import io.mlengine.spi.backend.StopOrder;
import io.mlengine.spi.backend.Traits;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs replicas as pods through a client that somebody else has made. */
public final class PodCluster implements ComputeBackend, ExternalPlaces {
    private static final Logger LOG = LoggerFactory.getLogger(PodCluster.class);
    private static final Traits TRAITS = new Traits("kubernetes", false, false, false, true, true);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final JobOwners owners;
    private final WriteGate gate;
    private final Threads threads;
    private final Attempts attempts = new Attempts();
    private final Replicas replicas;
    private final PodOutput output;
    private final CodeCommits codes;
    private final Launches launches;
    private final PodDeletions deletions;
    private final Leavings leavings;
    private final QueueGrants grants;
    private final ForeignGangs gangs;
    private final GangPlaces places;
    private final WaitNotes notes;
    private final ClaimBook claims;
    private final Reporting reporting;
    private final StartWatch starts;
    private final ProgressFollower progress;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Consumer<BackendEvent> sink;

    /**
     * Makes a backend. Nothing is asked of the cluster before {@link #start}.
     *
     * @param client the client; the caller closes it after this
     * @param owners finds the objects that jobs belong to
     * @param settings how it works
     * @param random a source of strong randomness
     */
    public PodCluster(KubernetesClient client, JobOwners owners, ClusterSettings settings, SecureRandom random) {
        this.owners = owners;
        this.gate = new WriteGate(
                () -> settings.leadership().map(Leadership::isHeld).orElse(true),
                RequestLimit.of(settings.writesPerSecond(), settings.writeBurst(), System::nanoTime));
        this.threads = new Threads(settings.parallelWrites());
        this.output = new PodOutput(client);
        this.replicas = new Replicas(new Ownership(owners), status -> emit(new BackendEvent.ReplicaReported(status)));
        OutputEnd outputEnd = new OutputEnd(output, settings.lastLinesPatience());
        replicas.readEndings(new Endings(outputEnd, attempts, threads.ends()));
        ClusterApi api = new ClusterApi(client, gate);
        Retries retries = new Retries(threads.workers(), threads.timers(), settings.clock(), random);
        Bindings bindings = new Bindings(api, retries, settings.bindPatience());
        this.deletions = new PodDeletions(api, retries, replicas);
        JobNotes told = new JobNotes(api, settings.clock(), threads.workers());
        this.codes = new CodeCommits(replicas, attempts, outputEnd, api, deletions, told, threads.ends());
        ClaimBinding claimBinding = new ClaimBinding(api, retries, settings.bindPatience(), this::labels);
        this.launches = new Launches(
                new PodManifests(settings.pods()),
                new AttemptSecrets(random),
                attempts,
                replicas,
                new Creations(api, retries, settings.bindPatience()),
                claimBinding,
                new PodBinder(bindings, deletions),
                codes,
                told,
                threads.workers());
        this.starts = new StartWatch(replicas, attempts, deletions, settings.imagePatience(), settings.clock());
        this.progress =
                new ProgressFollower(attempts, replicas, output, threads.logs(), settings.followedJobs(), this::emit);
        this.leavings = new Leavings(api, retries, replicas, attempts, owners);
        this.claims = new ClaimBook(api, threads.workers());
        this.grants = new QueueGrants(
                new QueueReviews(client)::mayUse, this::rightsChanged, threads.workers(), settings.clock());
        this.gangs = new ForeignGangs(
                pod -> isPlacedByUs(pod, settings),
                gang -> emit(new BackendEvent.GangReported(gang)),
                this::refused,
                claims,
                grants);
        this.claims.serve(gangs::claims, gangs::claimsChanged);
        this.notes = new WaitNotes(
                api::patchCondition, api::tell, gangs::waiting, threads.workers(), settings.clock(), random);
        NodeReports nodes = new NodeReports(replicas, gangs::isCounted, gangs::hostPorts, this::emit);
        this.reporting = new Reporting(client, settings, replicas, nodes, gangs, this::emit, threads);
        this.places = new GangPlaces(
                gangs,
                bindings,
                claimBinding,
                new Evictions(api, retries, settings.bindPatience()),
                notes,
                api,
                retries,
                reporting::node);
    }

    private Optional<SortedMap<String, String>> labels(String node) {
        return reporting.labels(node);
    }

    private static boolean isPlacedByUs(Pod pod, ClusterSettings settings) {
        boolean isInScope = settings.namespaces().isEmpty()
                || settings.namespaces().contains(pod.getMetadata().getNamespace());
        return isInScope && ForeignGang.isMember(pod, settings.pods().schedulerName());
    }

    private void rightsChanged(Set<String> namespaces) {
        gangs.rightsChanged(namespaces);
    }

    private void refused(GangName gang, List<Pod> waiting, Optional<Unsupported> reason) {
        if (waiting.isEmpty()) {
            notes.forget(gang);
        } else if (reason.isPresent()) {
            notes.refuses(gang, reason.get());
        } else {
            notes.allowed(gang);
        }
    }

    private void emit(BackendEvent event) {
        Consumer<BackendEvent> target = sink;
        if (target != null && !closed.get()) {
            try {
                target.accept(event);
            } catch (RuntimeException e) {
                LOG.error("the engine did not take a report kind={}", event.kind(), e);
            }
        }
    }

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public void start(Consumer<BackendEvent> target) {
        sink = target;
        reporting.start();
        threads.every(LOOK, reporting::look);
        threads.every(LOOK, starts::look);
        threads.every(LOOK, progress::look);
        threads.every(LOOK, () -> codes.look((attempt, held) -> launches.bind(attempt, held, held.fence())));
        threads.every(LOOK, notes::look);
        threads.every(LOOK, claims::look);
        threads.every(LOOK, grants::look);
    }

    @Override
    public CompletionStage<Reservation> reserve(ReserveOrder order, Fence fence) {
        return accepted(fence, () -> {
            JobOwner owner = owners.find(order.attempt().job()).orElseThrow(() -> unknown(order.attempt()));
            Reservation reservation = Reservations.of(owner, order.attempt(), order.placement(), order.needs());
            Attempts.Held held = new Attempts.Held(owner, order.placement(), reservation, fence, lead(order));
            attempts.reserve(order.attempt(), held);
            launches.bind(order.attempt(), held, fence);
            return CompletableFuture.completedFuture(reservation);
        });
    }

    private static Optional<ReplicaKey> lead(ReserveOrder order) {
        return order.job().roles().stream()
                .filter(Role::tracked)
                .map(role -> new ReplicaKey(role.name(), 0))
                .filter(key -> order.placement().slot(key).isPresent())
                .findFirst();
    }

    @Override
    public CompletionStage<Void> launch(LaunchOrder order, Fence fence) {
        return accepted(fence, () -> {
            Attempts.Held held = attempts.find(order.attempt()).orElseThrow(() -> notReserved(order.attempt()));
            return launches.launch(order, held, fence);
        });
    }

    @Override
    public CompletionStage<Void> stop(AttemptId attempt, Set<ReplicaId> who, StopOrder how, Fence fence) {
        return accepted(fence, () -> {
            replicas.stopOrdered(attempt, id -> who.isEmpty() || who.contains(id))
                    .forEach(pod -> deletions.delete(pod, how.grace(), fence));
            return CompletableFuture.completedFuture(null);
        });
    }

    @Override
    public CompletionStage<Void> release(AttemptId attempt, Cleanup cleanup, Fence fence) {
        return accepted(fence, () -> leavings.release(attempt, cleanup, fence));
    }

    @Override
    public CompletionStage<Void> remove(JobId job, Fence fence) {
        return accepted(fence, () -> leavings.remove(job, fence));
    }

    @Override
    public CompletionStage<Void> place(JobId gang, SortedMap<String, String> where, Fence fence) {
        return accepted(fence, () -> places.place(gang, where, fence));
    }

    @Override
    public CompletionStage<Void> evict(JobId gang, String reason, Fence fence) {
        return accepted(fence, () -> places.evict(gang, reason, fence));
    }

    @Override
    public CompletionStage<Void> retreat(JobId gang, String reason, Fence fence) {
        return accepted(fence, () -> places.retreat(gang, reason, fence));
    }

    @Override
    public void waits(JobId gang, String reason, Fence fence) {
        places.waits(gang, reason, fence);
    }

    private <T> CompletionStage<T> accepted(Fence fence, Supplier<CompletionStage<T>> work) {
        try {
            gate.accept(fence);
            return work.get();
        } catch (MLEngineException | OrderFailedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static OrderFailedException unknown(AttemptId attempt) {
        return new OrderFailedException(
                FailureClass.INFRASTRUCTURE, "JobUnknown", "no object is known for job " + attempt.job(), null);
    }

    private static MLEngineException notReserved(AttemptId attempt) {
        return new MLEngineException(
                KubernetesError.NOT_RESERVED, "The attempt is not reserved.", Map.of("attempt", attempt), null);
    }

    @Override
    public Flow.Publisher<LogLine> logs(ReplicaId replica, LogCursor from, boolean follow) {
        return new LogPublisher(
                threads.logs(), demand -> new LogReading(output, this::place, replica, from, follow, demand));
    }

    /** What is not known and belongs to an attempt or a job that is over does not come any more. */
    private LogPlace place(ReplicaId replica) {
        LogPlace place = replicas.place(replica);
        boolean isOver = closed.get()
                || attempts.isOver(replica.attempt())
                || owners.find(replica.attempt().job()).isEmpty();
        return place.phase() == LogPlace.Phase.EXPECTED && isOver ? LogPlace.REMOVED : place;
    }

    /** Stops reporting; pods stay as they are, for whoever is in charge next. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            gate.close();
            reporting.close();
            threads.close();
        }
    }
}
