package io.mlengine.core.internal.engine;

import io.mlengine.core.scheduling.PendingGang;
import io.mlengine.core.scheduling.RunningGang;
import io.mlengine.core.time.EngineClock;
import io.mlengine.spi.backend.ExternalGang;
import io.mlengine.spi.backend.ExternalPlaces;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gangs that others made: they wait and hold beside the jobs, and the policy does not tell them apart. Only places are
 * ordered for them. Owned by the loop.
 *
 * <p>A gang of which some members have places already is two gangs to the policy: one that holds, one that waits for the
 * rest. So what the first holds is counted, whatever becomes of the second.
 */
final class ExternalGangs {
    private static final Logger LOG = LoggerFactory.getLogger(ExternalGangs.class);
    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(1);

    private final Optional<ExternalPlaces> places;
    private final EngineClock clock;
    private final Supplier<Fence> fence;
    private final Scheduler scheduler;
    private final LongSupplier sequences;
    private final Consumer<Runnable> answers;
    private final TreeMap<JobId, ExternalEntry> gangs = new TreeMap<>();
    private final TreeMap<JobId, ExternalEntry> waiting = new TreeMap<>();

    /**
     * @param answers takes what happened elsewhere to the loop
     */
    ExternalGangs(
            Optional<ExternalPlaces> places,
            EngineClock clock,
            Supplier<Fence> fence,
            Scheduler scheduler,
            LongSupplier sequences,
            Consumer<Runnable> answers) {
        this.places = places;
        this.clock = clock;
        this.fence = fence;
        this.scheduler = scheduler;
        this.sequences = sequences;
        this.answers = answers;
    }

    /** Takes over a gang as it is now. */
    void reported(ExternalGang gang) {
        ExternalEntry entry = gangs.get(gang.id());
        if (gang.members().isEmpty()) {
            if (entry != null) {
                gangs.remove(gang.id());
                waiting.remove(entry.waitingId());
                scheduler.remove(entry.holdingId());
                scheduler.remove(entry.waitingId());
            }
            return;
        }
        if (entry == null) {
            entry = new ExternalEntry(gang, sequences.getAsLong(), sequences.getAsLong());
            gangs.put(gang.id(), entry);
            waiting.put(entry.waitingId(), entry);
        } else {
            entry.reported(gang);
        }
        show(entry);
    }

    private void show(ExternalEntry entry) {
        Optional<RunningGang> holding = entry.holding();
        holding.ifPresentOrElse(scheduler::hold, () -> scheduler.remove(entry.holdingId()));
        Optional<PendingGang> pending = entry.pending();
        pending.ifPresentOrElse(scheduler::await, () -> scheduler.remove(entry.waitingId()));
        if (pending.isEmpty() && entry.isIncomplete()) {
            says(entry, entry.incomplete());
        }
    }

    /** Whether it is not a job that starts. */
    boolean start(JobId started, Placement placement) {
        ExternalEntry entry = waiting.get(started);
        if (entry == null) {
            return false;
        }
        SortedMap<String, String> chosen = entry.choose(placement, clock.instant());
        show(entry);
        places.orElseThrow()
                .place(entry.id(), chosen, fence.get())
                .whenComplete((done, error) -> answers.accept(() -> placed(entry, error)));
        return true;
    }

    private void placed(ExternalEntry entry, @Nullable Throwable error) {
        if (error == null) {
            entry.settled();
            return;
        }
        Duration pause = entry.failed(clock.instant(), FIRST_BACK_OFF, LONGEST_BACK_OFF);
        LOG.warn(
                "a gang could not be placed: gang={} again_in={} error={}",
                entry.name(),
                pause,
                OrderFailure.unwrap(error).toString());
        if (gangs.get(entry.id()) == entry) {
            show(entry);
            clock.schedule(pause, () -> answers.accept(scheduler::reconsider));
        }
    }

    /** Whether it is not a job that is evicted. */
    boolean evict(JobId victim, String reason) {
        ExternalEntry entry = gangs.get(victim);
        if (entry == null) {
            return false;
        }
        entry.leaving();
        show(entry);
        places.orElseThrow().evict(entry.id(), reason, fence.get()).whenComplete((done, error) -> {
            if (error != null) {
                LOG.warn("a gang could not be evicted: gang={}", entry.name(), OrderFailure.unwrap(error));
                answers.accept(() -> {
                    entry.stays();
                    reported(entry.gang());
                });
            }
        });
        return true;
    }

    /** Whether it is not a job that waits. */
    boolean waits(JobId who, String reason) {
        ExternalEntry entry = waiting.get(who);
        if (entry == null) {
            return false;
        }
        says(entry, reason);
        return true;
    }

    private void says(ExternalEntry entry, String reason) {
        if (entry.saysAnew(reason)) {
            places.orElseThrow().waits(entry.id(), reason, fence.get());
        }
    }
}
