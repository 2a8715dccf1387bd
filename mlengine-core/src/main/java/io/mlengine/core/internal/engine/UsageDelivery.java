package io.mlengine.core.internal.engine;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.metering.AttemptUsage;
import io.mlengine.core.metering.DeviceModels;
import io.mlengine.core.metering.Usage;
import io.mlengine.core.metering.UsageSink;
import io.mlengine.core.time.EngineClock;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the usage of ended attempts to the sink until that has taken it. What there is to bring is read from stored
 * records alone, so an engine after a crash brings the same, and a job is not forgotten before its usage is taken.
 * Thread-safe; the sink is called by one thread at a time, without the lock.
 */
final class UsageDelivery {
    private static final Logger LOG = LoggerFactory.getLogger(UsageDelivery.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final UsageSink sink;
    private final Executor executor;
    private final EngineClock clock;
    private final Supplier<List<Node>> nodes;
    private final LoopHealth health;

    private final Map<JobId, Account> accounts = new HashMap<>();
    private final Deque<Parcel> due = new ArrayDeque<>();
    private final CompletableFuture<Void> idleForGood = new CompletableFuture<>();
    private boolean begun;
    private boolean busy;
    private boolean closing;
    private int refused;
    private String lastRefusal = "";

    UsageDelivery(UsageSink sink, Executor executor, EngineClock clock, Supplier<List<Node>> nodes, LoopHealth health) {
        this.sink = sink;
        this.executor = executor;
        this.clock = clock;
        this.nodes = nodes;
        this.health = health;
    }

    /** Up to which attempt the usage of a job has been seen, and how much of it is still to be taken. */
    private static final class Account {
        private int seenUpTo;
        private int open;
        private CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);
    }

    /** The usage of one attempt on its way. */
    private static final class Parcel {
        private final JobRecord record;
        private final Attempt attempt;
        private final Account account;
        private @Nullable Duration pause;
        /** What a sink has seen once must not change, even if the nodes do. */
        private @Nullable AttemptUsage usage;

        Parcel(JobRecord record, Attempt attempt, Account account) {
            this.record = record;
            this.attempt = attempt;
            this.account = account;
        }
    }

    /** A record is stored: what has ended in it is brought to the sink. */
    synchronized void stored(JobRecord record) {
        if (sink == UsageSink.NONE) {
            return;
        }
        Account account = accounts.computeIfAbsent(record.id(), unused -> new Account());
        Stream.concat(record.pastAttempts().stream(), record.attempt().stream())
                .filter(attempt -> attempt.endedAt().isPresent() && attempt.id().number() > account.seenUpTo)
                .forEach(attempt -> {
                    account.seenUpTo = attempt.id().number();
                    if (account.open == 0) {
                        account.settled = new CompletableFuture<>();
                    }
                    account.open++;
                    due.add(new Parcel(record, attempt, account));
                });
        work();
    }

    /** From now on the nodes are known, and with them the models of their devices. */
    synchronized void begin() {
        begun = true;
        work();
    }

    /** Completes, and never fails, when the sink has taken all usage of the job that is stored by now. */
    synchronized CompletableFuture<Void> settled(JobId job) {
        Account account = accounts.get(job);
        return account == null ? CompletableFuture.completedFuture(null) : account.settled.copy();
    }

    /** The job's record is dropped. */
    synchronized void forget(JobId job) {
        accounts.remove(job);
    }

    /** What the sink refuses from now on is left to the next engine. Completes when nothing else is to be brought. */
    synchronized CompletableFuture<Void> close() {
        closing = true;
        work();
        return idleForGood.copy();
    }

    /** Called under the lock. */
    private void work() {
        if (busy || idleForGood.isDone()) {
            return;
        }
        if (begun && !due.isEmpty()) {
            busy = true;
            executor.execute(this::bringNext);
        } else if (closing) {
            idleForGood.complete(null);
        }
    }

    private void bringNext() {
        Parcel parcel;
        synchronized (this) {
            parcel = due.remove();
        }
        String refusal = "an error";
        try {
            bring(parcel);
            refusal = "";
        } catch (RuntimeException e) {
            refusal = e.toString();
        } finally {
            CompletableFuture<Void> settled = answered(parcel, refusal);
            if (settled != null) {
                settled.complete(null);
            }
        }
    }

    private void bring(Parcel parcel) {
        AttemptUsage usage = parcel.usage;
        if (usage == null) {
            usage = Usage.ofEnded(parcel.record, parcel.attempt, models(parcel.attempt))
                    .orElse(null);
            parcel.usage = usage;
        }
        if (usage != null) {
            sink.record(usage);
        }
    }

    /** Names only the devices of nodes that the attempt was on: a cluster may have thousands. */
    private DeviceModels models(Attempt attempt) {
        Set<String> names = Stream.concat(
                        attempt.pastPlacements().stream().map(Attempt.PastPlacement::placement),
                        Stream.of(attempt.placement()))
                .flatMap(placement -> placement.replicas().stream())
                .map(Placement.Slot::node)
                .collect(Collectors.toSet());
        return DeviceModels.of(
                nodes.get().stream().filter(node -> names.contains(node.name())).toList());
    }

    /** Returns what is to be completed without the lock, or null. */
    private synchronized @Nullable CompletableFuture<Void> answered(Parcel parcel, String refusal) {
        Account account = parcel.account;
        if (refusal.isEmpty()) {
            refused -= parcel.pause == null ? 0 : 1;
            account.open--;
        } else {
            LOG.warn(
                    "the sink has not taken usage, it gets it again: attempt={} error={}",
                    parcel.attempt.id(),
                    refusal);
            lastRefusal = refusal;
            refused += parcel.pause == null ? 1 : 0;
            again(parcel);
        }
        health.usage(refused == 0 ? "" : "refused for " + refused + " attempts: " + lastRefusal);
        busy = false;
        work();
        return account.open == 0 ? account.settled : null;
    }

    private void again(Parcel parcel) {
        Duration before = parcel.pause;
        Duration pause = before == null ? FIRST_PAUSE : before.multipliedBy(2);
        parcel.pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        if (!closing) {
            clock.schedule(parcel.pause, () -> due(parcel));
        }
    }

    private synchronized void due(Parcel parcel) {
        if (!closing) {
            due.add(parcel);
            work();
        }
    }
}
