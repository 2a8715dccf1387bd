package io.mlengine.testkit.sim;

import io.mlengine.core.api.JobView;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What must hold after every step of every run, seen from outside: terminal phases and outcomes never change, attempts
 * and versions never fall, budgets are kept, the backend and the sink of usage saw no breach of their rules.
 */
final class EngineInvariants {
    private static final long FULL_CHECK_EVERY = 16;

    private final Map<JobId, JobRecord> last = new TreeMap<>();

    List<String> check(List<JobView> views, SimulatedBackend backend, SimulatedSink sink, long step) {
        List<String> breaches = new ArrayList<>(backend.breaches());
        breaches.addAll(sink.breaches());
        for (JobView view : views) {
            JobRecord record = view.record();
            JobRecord before = last.put(record.id(), record);
            if (before != null && before != record) {
                compare(before, record, breaches);
            }
            if (before != record || step % FULL_CHECK_EVERY == 0) {
                budgets(record, breaches);
            }
        }
        return breaches;
    }

    /** A restarted engine shows the stored records, which may be older than what was seen. */
    void restarted() {
        last.clear();
    }

    private static void compare(JobRecord before, JobRecord after, List<String> breaches) {
        JobId job = after.id();
        if (after.version() < before.version()) {
            breaches.add(job + ": version fell from " + before.version() + " to " + after.version());
        }
        if (after.attemptNumber() < before.attemptNumber()) {
            breaches.add(job + ": attempt fell from " + before.attemptNumber() + " to " + after.attemptNumber());
        }
        if (before.phase().isTerminal() && after.phase() != before.phase() && after.phase() != Phase.DELETING) {
            breaches.add(job + ": left " + before.phase() + " for " + after.phase());
        }
        if (before.outcome().isPresent()
                && !before.outcome().map(Outcome::result).equals(after.outcome().map(Outcome::result))) {
            breaches.add(job + ": outcome changed from " + before.outcome() + " to " + after.outcome());
        }
        if (before.finishedAt().isPresent() && !before.finishedAt().equals(after.finishedAt())) {
            breaches.add(job + ": finished twice");
        }
    }

    private static void budgets(JobRecord record, List<String> breaches) {
        var limits = record.train().runPolicy().retries();
        if (record.retries().user() > limits.user()) {
            breaches.add(record.id() + ": " + record.retries().user() + " user retries of " + limits.user());
        }
        if (record.retries().infrastructure() > limits.infrastructure()) {
            breaches.add(record.id() + ": " + record.retries().infrastructure() + " infrastructure retries of "
                    + limits.infrastructure());
        }
    }

    /** What is left although every job has ended. */
    List<String> leftovers(List<JobView> views, SimulatedBackend backend, SimulatedSink sink) {
        List<String> left = new ArrayList<>();
        views.stream()
                .filter(view -> !view.phase().isTerminal())
                .forEach(view -> left.add(view.id() + " has not ended: " + view.phase()));
        for (ReplicaId replica : backend.alive()) {
            left.add("alive: " + replica);
        }
        backend.reserved().forEach(attempt -> left.add("reserved: " + attempt));
        sink.missing().forEach(attempt -> left.add("its usage was not brought: " + attempt));
        return left;
    }
}
