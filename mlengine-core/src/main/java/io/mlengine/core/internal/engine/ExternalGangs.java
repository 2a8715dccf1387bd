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
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
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
    private static final Duration TORN_PATIENCE = Duration.ofSeconds(30);

    private final Optional<ExternalPlaces> places;
    private final EngineClock clock;
    private final Supplier<Fence> fence;
    private final Scheduler scheduler;
    private final ToLongFunction<Instant> jobsBefore;
    private final Consumer<Runnable> answers;
    private final TreeMap<JobId, ExternalEntry> gangs = new TreeMap<>();
    private final TreeMap<JobId, ExternalEntry> waiting = new TreeMap<>();
    private long numbered;

    /**
     * @param jobsBefore the sequence of the last job that was there at a time
     * @param answers takes what happened elsewhere to the loop
     */
    ExternalGangs(
            Optional<ExternalPlaces> places,
            EngineClock clock,
            Supplier<Fence> fence,
            Scheduler scheduler,
            ToLongFunction<Instant> jobsBefore,
            Consumer<Runnable> answers) {
        this.places = places;
        this.clock = clock;
        this.fence = fence;
        this.scheduler = scheduler;
        this.jobsBefore = jobsBefore;
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
            entry = new ExternalEntry(gang, nextPlace(gang), nextPlace(gang));
            gangs.put(gang.id(), entry);
            waiting.put(entry.waitingId(), entry);
        } else {
            entry.reported(gang);
        }
        show(entry);
    }

    /**
     * Behind the jobs that were there before it, in every engine: numbers of the engine's own would put it behind all that
     * waits whenever another engine takes over. No two are ever the same.
     */
    private long nextPlace(ExternalGang gang) {
        return Scheduler.place(jobsBefore.applyAsLong(gang.createdAt()), ++numbered);
    }

    private void show(ExternalEntry entry) {
        Optional<RunningGang> holding = entry.holding();
        holding.ifPresentOrElse(scheduler::hold, () -> scheduler.remove(entry.holdingId()));
        boolean isAllowed = scheduler.allows(entry.gang().queue());
        Optional<PendingGang> pending = isAllowed ? entry.pending() : Optional.empty();
        pending.ifPresentOrElse(scheduler::await, () -> scheduler.remove(entry.waitingId()));
        if (entry.waits() && !isAllowed) {
            says(entry, "the queue " + entry.gang().queue() + " does not exist");
        } else if (entry.isIncomplete()) {
            says(entry, entry.incomplete());
        }
        if (entry.isStranded() && entry.watched()) {
            clock.schedule(TORN_PATIENCE, () -> answers.accept(() -> retreat(entry)));
        }
    }

    /** Other queues may allow other gangs to wait. */
    void queuesChanged() {
        gangs.values().forEach(this::show);
    }

    /** Two halves that wait for each other's places would wait for ever. */
    private void retreat(ExternalEntry entry) {
        entry.unwatched();
        if (gangs.get(entry.id()) != entry || !entry.isStranded()) {
            return;
        }
        LOG.warn("a gang of which only a part has places gives them back: gang={}", entry.name());
        leave(entry, "only a part of the gang has places", ExternalPlaces::retreat);
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
            showIfKnown(entry);
            return;
        }
        String why = String.valueOf(OrderFailure.unwrap(error).getMessage());
        Duration pause = entry.failed(why, clock.instant(), FIRST_BACK_OFF, LONGEST_BACK_OFF);
        LOG.warn("a gang could not be placed: gang={} again_in={} error={}", entry.name(), pause, why);
        if (showIfKnown(entry)) {
            clock.schedule(pause, () -> answers.accept(scheduler::reconsider));
        }
    }

    private boolean showIfKnown(ExternalEntry entry) {
        boolean isKnown = gangs.get(entry.id()) == entry;
        if (isKnown) {
            show(entry);
        }
        return isKnown;
    }

    /** Whether it is not a job that is evicted. */
    boolean evict(JobId victim, String reason) {
        ExternalEntry entry = gangs.get(victim);
        if (entry == null) {
            return false;
        }
        leave(entry, reason, ExternalPlaces::evict);
        return true;
    }

    private interface Leave {
        CompletionStage<Void> order(ExternalPlaces places, JobId gang, String reason, Fence fence);
    }

    private void leave(ExternalEntry entry, String reason, Leave how) {
        entry.leaving();
        show(entry);
        how.order(places.orElseThrow(), entry.id(), reason, fence.get()).whenComplete((done, error) -> {
            if (error != null) {
                LOG.warn(
                        "a gang could not be taken off its places: gang={} error={}",
                        entry.name(),
                        OrderFailure.unwrap(error).toString());
            }
            answers.accept(() -> {
                entry.answered();
                showIfKnown(entry);
            });
        });
    }

    /** Whether it is not a job that waits. */
    boolean waits(JobId who, String reason) {
        ExternalEntry entry = waiting.get(who);
        if (entry == null) {
            return false;
        }
        says(entry, entry.explained(reason));
        return true;
    }

    private void says(ExternalEntry entry, String reason) {
        if (entry.saysAnew(reason)) {
            places.orElseThrow().waits(entry.id(), reason, fence.get());
        }
    }
}
