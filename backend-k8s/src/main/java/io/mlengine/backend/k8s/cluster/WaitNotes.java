package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.pod.GangName;
import io.mlengine.backend.k8s.pod.Unsupported;
import io.mlengine.backend.k8s.pod.WaitTexts;
import io.mlengine.spi.error.MLEngineException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the owners of pods why these wait: as a condition of each pod, and as one Event for the gang. A reason that does
 * not last is not told, and no more than a bounded number of pods is written at a time. What could not be written is
 * written later; new tries and repeated ones are bounded apart, so that neither keeps the other waiting. Thread-safe.
 */
final class WaitNotes {
    private static final Logger LOG = LoggerFactory.getLogger(WaitNotes.class);
    private static final Duration LASTS = Duration.ofSeconds(1);
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final Duration QUIET_EVENTS = Duration.ofMinutes(1);
    private static final int MOST_AT_ONCE = 100;
    private static final int MOST_AGAIN_AT_ONCE = 10;

    private final BiConsumer<Pod, PodCondition> conditions;
    private final Consumer<Event> events;
    private final Function<GangName, List<Pod>> waiting;
    private final Executor workers;
    private final InstantSource clock;
    private final RandomGenerator random;
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
        Tellings tellings = new Tellings();
    }

    /**
     * Makes an empty book of notes.
     *
     * @param conditions writes the condition of a pod; may block
     * @param events writes an Event; may block
     * @param waiting the pods of a gang without a node
     */
    WaitNotes(
            BiConsumer<Pod, PodCondition> conditions,
            Consumer<Event> events,
            Function<GangName, List<Pod>> waiting,
            Executor workers,
            InstantSource clock,
            RandomGenerator random) {
        this.conditions = conditions;
        this.events = events;
        this.waiting = waiting;
        this.workers = workers;
        this.clock = clock;
        this.random = random;
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
            note.tellings = new Tellings();
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

    private record Due(GangName gang, Note note, String reason, String text, Tellings tellings, boolean withEvent) {}

    /** What is due now; gangs that were told something longest ago come first. */
    private synchronized List<Due> due() {
        Instant now = clock.instant();
        return notes.entrySet().stream()
                .filter(entry -> !now.isBefore(entry.getValue().since.plus(LASTS)))
                .filter(entry -> !entry.getValue().tellings.isEmpty() || !now.isBefore(entry.getValue().nextRound))
                .sorted(Comparator.comparing(entry -> entry.getValue().nextRound))
                .map(entry -> due(entry.getKey(), entry.getValue(), now))
                .toList();
    }

    private static Due due(GangName gang, Note note, Instant now) {
        boolean withEvent = note.isEventDue && !now.isBefore(note.nextEvent);
        if (withEvent) {
            note.isEventDue = false;
            note.nextEvent = now.plus(QUIET_EVENTS);
        }
        return new Due(gang, note, note.reason, note.text, note.tellings, withEvent);
    }

    private synchronized void roundBegins(Note note) {
        note.nextRound = clock.instant().plus(QUIET);
    }

    private record Again(Due due, Pod pod, Instant at) {}

    private void write() {
        Instant now = clock.instant();
        List<Again> again = new ArrayList<>();
        int left = MOST_AT_ONCE;
        for (Due due : due()) {
            List<Pod> pods = waiting.apply(due.gang());
            for (Pod pod : pods) {
                due.tellings()
                        .again(uid(pod))
                        .filter(at -> !now.isBefore(at))
                        .ifPresent(at -> again.add(new Again(due, pod, at)));
                if (left > 0 && due.tellings().isNew(uid(pod))) {
                    left--;
                    if (due.tellings().isEmpty()) {
                        roundBegins(due.note());
                    }
                    tell(due, pod);
                }
            }
            if (due.withEvent() && !pods.isEmpty()) {
                tellGang(due, pods.get(0));
            }
        }
        again.stream()
                .sorted(Comparator.comparing(Again::at))
                .limit(MOST_AGAIN_AT_ONCE)
                .forEach(each -> tell(each.due(), each.pod()));
    }

    private static String uid(Pod pod) {
        return pod.getMetadata().getUid();
    }

    /** What waits goes on waiting whether or not it is told why. */
    private void tell(Due due, Pod pod) {
        if (!isTrue(due)) {
            return;
        }
        try {
            conditions.accept(pod, WaitTexts.condition(due.reason(), due.text(), clock.instant()));
            due.tellings().told(uid(pod));
        } catch (KubernetesClientException | MLEngineException e) {
            LOG.debug("cannot tell why a pod waits cause={}", e.toString());
            due.tellings().failed(uid(pod), clock.instant(), random);
        }
    }

    /** Whether it still waits for that: who gets a place meanwhile must not be told afterwards that there is none. */
    private synchronized boolean isTrue(Due due) {
        Note note = notes.get(due.gang());
        return note != null && note.tellings == due.tellings();
    }

    private void tellGang(Due due, Pod first) {
        try {
            events.accept(WaitTexts.event(first, due.reason(), due.text(), clock.instant()));
        } catch (KubernetesClientException | MLEngineException e) {
            LOG.debug("cannot tell why a gang waits cause={}", e.toString());
        }
    }
}
