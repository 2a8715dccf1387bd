package io.mlengine.core.internal.engine;

import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.api.JobView;
import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.ReplicaKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What users see: the last stored state of each job, published as immutable views and as events. Written by the loop,
 * read by anyone.
 */
final class ViewBoard {
    private final EventHub hub;
    private final Executor executor;
    private final Map<JobId, JobView> views = new ConcurrentHashMap<>();
    private final Map<JobId, CompletableFuture<JobResult>> completions = new ConcurrentHashMap<>();
    private volatile List<Node> nodes = List.of();
    private volatile List<QueueConfig> queues;
    private long sequence;

    ViewBoard(EventHub hub, Executor executor, List<QueueConfig> queues) {
        this.hub = hub;
        this.executor = executor;
        this.queues = List.copyOf(queues);
    }

    // Reads, from any thread.

    Optional<JobView> view(JobId job) {
        return Optional.ofNullable(views.get(job));
    }

    List<JobView> list(JobFilter filter) {
        return views.values().stream()
                .filter(view -> filter.matches(view.record()))
                .sorted(Comparator.comparingLong(view -> view.record().sequence()))
                .toList();
    }

    List<Node> nodes() {
        return nodes;
    }

    List<QueueConfig> queues() {
        return queues;
    }

    int size() {
        return views.size();
    }

    /** Completes when the job has ended; never, when it is dropped from the store before. */
    CompletableFuture<JobResult> completion(JobId job) {
        CompletableFuture<JobResult> future = completions.computeIfAbsent(job, unused -> new CompletableFuture<>());
        JobView view = views.get(job);
        if (view != null && view.phase().isTerminal()) {
            future.complete(new JobResult(view));
            completions.remove(job, future);
        }
        return future.copy();
    }

    // Writes, from the loop.

    void nodes(List<Node> newNodes) {
        nodes = newNodes.stream().sorted(Comparator.comparing(Node::name)).toList();
    }

    void queues(List<QueueConfig> newQueues) {
        queues = List.copyOf(newQueues);
    }

    void restore(JobEntry entry, Instant at) {
        views.put(entry.record.id(), view(entry, entry.record, at));
    }

    void stored(JobEntry entry, JobRecord record, Instant at) {
        JobRecord before = entry.published;
        entry.published = record;
        JobView view = view(entry, record, at);
        JobView shown = views.put(record.id(), view);
        if (before == null) {
            publish(EngineEvent.Type.SUBMITTED, record.train().name(), view, at);
        }
        List<PhaseChange> changes = newChanges(before, record);
        if (changes.isEmpty() && shown != null && !view.waiting().equals(shown.waiting())) {
            // Its back-off is over: no phase tells that something else keeps it now.
            publishWait(entry, view, at);
        }
        if (!changes.isEmpty()) {
            told(entry, view, at);
        }
        for (PhaseChange change : changes) {
            hub.publish(new EngineEvent(
                    ++sequence,
                    change.at(),
                    view.id(),
                    EngineEvent.Type.PHASE,
                    change.phase(),
                    phaseText(change),
                    view));
        }
        for (ReplicaRecord replica : newReplicaStates(before, record)) {
            publish(EngineEvent.Type.REPLICA, replicaText(replica.current()), view, at);
        }
        if (record.phase().isTerminal()) {
            CompletableFuture<JobResult> waiting = completions.remove(record.id());
            if (waiting != null) {
                waiting.completeAsync(() -> new JobResult(view), executor);
            }
        }
    }

    void deleted(JobEntry entry, Instant at) {
        JobId job = entry.record.id();
        views.remove(job);
        publish(EngineEvent.Type.DELETED, "", view(entry, entry.record, at), at);
    }

    void progress(JobEntry entry, Instant at) {
        republish(entry, EngineEvent.Type.PROGRESS, "", at);
    }

    /** Shows and tells why a job waits. */
    void waiting(JobEntry entry, Instant at) {
        waitsQuietly(entry, at).ifPresent(view -> publishWait(entry, view, at));
    }

    /** Shows why a job waits, and tells nobody. */
    Optional<JobView> waitsQuietly(JobEntry entry, Instant at) {
        JobRecord record = entry.published;
        if (record == null) {
            return Optional.empty();
        }
        JobView view = view(entry, record, at);
        views.put(record.id(), view);
        return Optional.of(view);
    }

    private void publishWait(JobEntry entry, JobView view, Instant at) {
        told(entry, view, at);
        publish(EngineEvent.Type.WAITING, view.waiting().map(Wait::text).orElse(""), view, at);
    }

    private static void told(JobEntry entry, JobView view, Instant at) {
        entry.toldWait = view.waiting().orElse(null);
        entry.toldAt = at;
    }

    void note(JobEntry entry, String text, Instant at) {
        republish(entry, EngineEvent.Type.NOTE, text, at);
    }

    /** Shows what changed beside the record, on top of the record as it is stored. */
    private void republish(JobEntry entry, EngineEvent.Type type, String text, Instant at) {
        JobRecord record = entry.published;
        if (record != null) {
            JobView view = view(entry, record, at);
            views.put(record.id(), view);
            publish(type, text, view, at);
        }
    }

    private void publish(EngineEvent.Type type, String text, JobView view, Instant at) {
        hub.publish(new EngineEvent(++sequence, at, view.id(), type, view.phase(), text, view));
    }

    private static JobView view(JobEntry entry, JobRecord record, Instant at) {
        return JobView.builder()
                .record(record)
                .asOf(at)
                .progress(Optional.ofNullable(entry.progress)
                        .or(() -> record.observations().progress()))
                .waiting(
                        record.phase() == io.mlengine.core.job.Phase.QUEUED
                                ? Optional.ofNullable(entry.wait)
                                : Optional.empty())
                .samples(entry.samples)
                .build();
    }

    private static List<PhaseChange> newChanges(@Nullable JobRecord before, JobRecord after) {
        List<PhaseChange> history = after.history();
        if (before == null || before.history().isEmpty()) {
            return history;
        }
        PhaseChange last = before.history().get(before.history().size() - 1);
        for (int i = history.size() - 1; i >= 0; i--) {
            if (history.get(i).equals(last)) {
                return history.subList(i + 1, history.size());
            }
        }
        return history;
    }

    private static List<ReplicaRecord> newReplicaStates(@Nullable JobRecord before, JobRecord after) {
        List<ReplicaRecord> changes = new ArrayList<>();
        Map<ReplicaKey, ReplicaRecord> old = before == null
                ? Map.of()
                : before.attempt()
                        .filter(attempt -> attempt.id().number() == after.attemptNumber())
                        .map(Attempt::replicas)
                        .<Map<ReplicaKey, ReplicaRecord>>map(replicas -> replicas)
                        .orElse(Map.of());
        after.attempt()
                .ifPresent(attempt -> attempt.replicas().forEach((key, replica) -> {
                    ReplicaRecord previous = old.get(key);
                    if (previous == null
                            || previous.current().state() != replica.current().state()
                            || !previous.current()
                                    .message()
                                    .equals(replica.current().message())) {
                        changes.add(replica);
                    }
                }));
        return changes;
    }

    private static String phaseText(PhaseChange change) {
        return change.message().isEmpty() ? change.reason() : change.message();
    }

    private static String replicaText(ReplicaStatus status) {
        String text = status.id().key() + " " + status.state().name().toLowerCase(java.util.Locale.ROOT);
        if (status.exit().isPresent()) {
            text += " (" + status.exit().get() + ")";
        }
        return status.message().isEmpty() ? text : text + ": " + status.message();
    }
}
