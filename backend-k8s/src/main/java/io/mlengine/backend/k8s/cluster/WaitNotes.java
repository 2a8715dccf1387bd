package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.pod.GangName;
import io.mlengine.backend.k8s.pod.Unsupported;
import io.mlengine.backend.k8s.pod.WaitTexts;
import io.mlengine.spi.error.MLEngineException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the owners of pods why these wait: as a condition of each pod, and as one Event for the gang. A reason that does
 * not last is not told, and no more than a bounded number of pods is written at a time. Thread-safe.
 */
final class WaitNotes {
    private static final Logger LOG = LoggerFactory.getLogger(WaitNotes.class);
    private static final Duration LASTS = Duration.ofSeconds(1);
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final Duration QUIET_EVENTS = Duration.ofMinutes(1);
    private static final int MOST_AT_ONCE = 100;

    private final ClusterApi api;
    private final Function<GangName, List<Pod>> waiting;
    private final Executor workers;
    private final InstantSource clock;
    private final Map<GangName, Note> notes = new TreeMap<>();
    private final AtomicBoolean isWriting = new AtomicBoolean();

    private static final class Note {
        String reason = "";
        String text = "";
        Instant since = Instant.MIN;
        Instant nextRound = Instant.MIN;
        Instant nextEvent = Instant.MIN;
        boolean isEventDue;
        boolean isRefusal;
        Set<String> written = new HashSet<>();
    }

    /**
     * Makes an empty book of notes.
     *
     * @param waiting the pods of a gang without a node
     */
    WaitNotes(ClusterApi api, Function<GangName, List<Pod>> waiting, Executor workers, InstantSource clock) {
        this.api = api;
        this.waiting = waiting;
        this.workers = workers;
        this.clock = clock;
    }

    /** From now on a gang waits for this reason; returns at once. */
    synchronized void waits(GangName gang, String reason, String text) {
        note(gang, reason, text).isRefusal = false;
    }

    /** From now on a gang is not even considered, for this reason; returns at once. */
    synchronized void refuses(GangName gang, Unsupported why) {
        note(gang, why.reason(), why.path() + ": " + why.message()).isRefusal = true;
    }

    private Note note(GangName gang, String reason, String text) {
        Note note = notes.computeIfAbsent(gang, unused -> new Note());
        if (!note.text.equals(text) || !note.reason.equals(reason)) {
            note.reason = reason;
            note.text = text;
            note.since = clock.instant();
            note.written = new HashSet<>();
            note.isEventDue = true;
        }
        return note;
    }

    /** A gang does not wait any more. */
    synchronized void forget(GangName gang) {
        notes.remove(gang);
    }

    /** A gang that was refused is not refused any more. */
    synchronized void allowed(GangName gang) {
        Note note = notes.get(gang);
        if (note != null && note.isRefusal) {
            notes.remove(gang);
        }
    }

    /** Writes what is due, elsewhere; called about once a second. */
    void look() {
        if (!isEmpty() && isWriting.compareAndSet(false, true)) {
            try {
                workers.execute(() -> {
                    try {
                        write();
                    } finally {
                        isWriting.set(false);
                    }
                });
            } catch (RejectedExecutionException closed) {
                isWriting.set(false);
            }
        }
    }

    private synchronized boolean isEmpty() {
        return notes.isEmpty();
    }

    private record Due(GangName gang, String reason, String text, Set<String> written, boolean withEvent) {}

    private synchronized List<Due> due() {
        Instant now = clock.instant();
        return notes.entrySet().stream()
                .filter(entry -> !now.isBefore(entry.getValue().since.plus(LASTS)))
                .filter(entry -> entry.getValue().written.isEmpty() ? !now.isBefore(entry.getValue().nextRound) : true)
                .map(entry -> due(entry.getKey(), entry.getValue(), now))
                .toList();
    }

    private static Due due(GangName gang, Note note, Instant now) {
        boolean withEvent = note.isEventDue && !now.isBefore(note.nextEvent);
        if (note.written.isEmpty()) {
            note.nextRound = now.plus(QUIET);
        }
        if (withEvent) {
            note.isEventDue = false;
            note.nextEvent = now.plus(QUIET_EVENTS);
        }
        return new Due(gang, note.reason, note.text, note.written, withEvent);
    }

    private void write() {
        int left = MOST_AT_ONCE;
        for (Due due : due()) {
            List<Pod> pods = waiting.apply(due.gang());
            for (Pod pod : pods) {
                if (left > 0 && due.written().add(pod.getMetadata().getUid())) {
                    left--;
                    quietly(() ->
                            api.patchCondition(pod, WaitTexts.condition(due.reason(), due.text(), clock.instant())));
                }
            }
            if (due.withEvent() && !pods.isEmpty()) {
                quietly(() -> api.tell(WaitTexts.event(pods.get(0), due.reason(), due.text(), clock.instant())));
            }
        }
    }

    /** What waits goes on waiting whether or not it is told why. */
    private static void quietly(Runnable write) {
        try {
            write.run();
        } catch (KubernetesClientException | MLEngineException e) {
            LOG.debug("cannot tell why a pod waits cause={}", e.toString());
        }
    }
}
