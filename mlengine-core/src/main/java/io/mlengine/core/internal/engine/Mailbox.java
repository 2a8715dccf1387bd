package io.mlengine.core.internal.engine;

import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.ReplicaId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What waits for the loop. Calls of users are limited in number and refused when there are too many. Reports of the
 * backend are whole states, so only the newest of each replica is kept: their number is limited by the number of
 * replicas. Answers to the engine's own orders are limited by the number of orders. Wishes and jobs that come through
 * the store go with the answers: who has told them to the store is not there to be refused, and the store limits them.
 */
final class Mailbox {
    /**
     * Everything taken out at once, in the order in which it is handled.
     *
     * @param progress newest progress of each replica; before the states, so that a last report precedes the end
     * @param samples newest usage of each replica
     * @param statuses newest state of each replica, in the order of their first report
     * @param answers answers to orders and store commits, what comes through the store, and the backend's word that it has
     *     reported everything, which comes after the states that were reported before it
     * @param calls calls of users
     */
    record Batch(
            Map<ReplicaId, Progress> progress,
            Map<ReplicaId, UsageSample> samples,
            List<ReplicaStatus> statuses,
            List<Runnable> answers,
            List<Runnable> calls) {}

    private final int capacity;
    private final ArrayDeque<Runnable> calls = new ArrayDeque<>();
    private List<Runnable> answers = new ArrayList<>();
    private Map<ReplicaId, Progress> progress = new LinkedHashMap<>();
    private Map<ReplicaId, UsageSample> samples = new LinkedHashMap<>();
    private Map<ReplicaId, ReplicaStatus> statuses = new LinkedHashMap<>();

    Mailbox(int capacity) {
        this.capacity = capacity;
    }

    synchronized boolean offerCall(Runnable call) {
        if (calls.size() >= capacity) {
            return false;
        }
        calls.add(call);
        return true;
    }

    synchronized void answer(Runnable answer) {
        answers.add(answer);
    }

    synchronized void status(ReplicaStatus status) {
        statuses.merge(status.id(), status, (old, next) -> next.revision() > old.revision() ? next : old);
    }

    synchronized void progress(ReplicaId replica, Progress report) {
        progress.put(replica, report);
    }

    synchronized void sample(ReplicaId replica, UsageSample sample) {
        samples.put(replica, sample);
    }

    synchronized boolean isEmpty() {
        return calls.isEmpty() && answers.isEmpty() && progress.isEmpty() && samples.isEmpty() && statuses.isEmpty();
    }

    synchronized int depth() {
        return calls.size() + answers.size() + statuses.size();
    }

    synchronized Batch take(int maxCalls) {
        List<Runnable> takenCalls = new ArrayList<>();
        while (takenCalls.size() < maxCalls && !calls.isEmpty()) {
            takenCalls.add(calls.remove());
        }
        Batch batch = new Batch(progress, samples, List.copyOf(statuses.values()), answers, takenCalls);
        answers = new ArrayList<>();
        progress = new LinkedHashMap<>();
        samples = new LinkedHashMap<>();
        statuses = new LinkedHashMap<>();
        return batch;
    }
}
