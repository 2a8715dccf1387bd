package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.client.Config;
import io.mlengine.backend.k8s.resource.RbacManifests;
import io.mlengine.core.time.EngineClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses one leader by a Lease of {@code coordination.k8s.io/v1}. Safe as long as the API server accepts a write only
 * for the newest resource version: a leader counts its term from before it sent the last renewal that succeeded, a
 * candidate counts from after it saw that renewal, and the leader's limit is the shorter one. Only monotonic clocks are
 * compared, each with itself.
 *
 * <p>One request is under way at a time, and every answer schedules the next step. A term never comes back: when its
 * deadline has passed, a renewal that arrives late does not revive it, and taking the own lease again is a new term with
 * a higher token.
 *
 * <p>Deleting the Lease is safe for candidates that have seen it, which wait as if it were still held; one that starts
 * afterwards takes it at once, with a token that begins anew.
 */
public final class LeaderLease implements Election {
    private static final Duration STUCK = Duration.ofMinutes(1);

    /** Name of the Lease by which all engines of a cluster elect the one that works. */
    public static final String NAME = RbacManifests.LEASE;

    private static final Logger LOG = LoggerFactory.getLogger(LeaderLease.class);

    private record Term(long token, long untilNanos) {}

    private final LeaseApi api;
    private final String self;
    private final LeaseTimes times;
    private final EngineClock clock;
    private final Executor callbacks;
    private final TimedRequests requests;
    private final CompletableFuture<Void> released = new CompletableFuture<>();

    private final Leadership leadership = new Leadership() {
        @Override
        public boolean isHeld() {
            return left(term) > 0;
        }

        @Override
        public long token() {
            return token;
        }

        @Override
        public Optional<Instant> heldUntil() {
            long left = left(term);
            return left > 0 ? Optional.of(clock.instant().plusNanos(left)) : Optional.empty();
        }
    };

    private volatile @Nullable Term term;
    private volatile long token;
    private volatile long turnedAt;
    private @Nullable LeadershipListener listener;
    private LeaseDecision.@Nullable Observation seen;
    private boolean everSeen;
    private long highestSeen;
    private boolean seenIsOwnWrite;
    private boolean closed;

    /**
     * A candidate.
     *
     * @param api the lease; closed with the candidate
     * @param self an identity that no other process ever has
     * @param callbacks runs the listener, one call after the other
     */
    LeaderLease(LeaseApi api, String self, LeaseTimes times, EngineClock clock, Executor callbacks) {
        this.api = api;
        this.self = self;
        this.times = times;
        this.clock = clock;
        this.callbacks = callbacks;
        this.requests = new TimedRequests(clock);
        this.turnedAt = clock.nanos();
    }

    /** A request that is not answered ends with its time-out, so turns go on without an API server too. */
    @Override
    public String trouble() {
        Duration since = Duration.ofNanos(clock.nanos() - turnedAt);
        boolean isStuck =
                listener != null && since.compareTo(times.leaseDuration().plus(STUCK)) > 0;
        return isStuck ? "no turn for " + since.toSeconds() + " s" : "";
    }

    /**
     * A candidate for a Lease in a cluster.
     *
     * @param config how to reach the API server; the candidate opens a client of its own
     * @param namespace the namespace of the Lease
     * @param name the name of the Lease, which is made when there is none
     * @param self an identity that no other process ever has, such as {@code host_uuid}
     * @param times the times, the same for all candidates
     * @param clock the time
     * @param callbacks runs the listener, one call after the other
     * @param requests hears of each request to the API server
     * @return a candidate that has not started
     */
    public static LeaderLease create(
            Config config,
            String namespace,
            String name,
            String self,
            LeaseTimes times,
            EngineClock clock,
            Executor callbacks,
            RequestObserver requests) {
        LeaseApi api = new KubernetesLeaseApi(config, namespace, name, times, requests);
        return new LeaderLease(api, self, times, clock, callbacks);
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    private long left(@Nullable Term of) {
        return of == null ? 0 : of.untilNanos() - clock.nanos();
    }

    @Override
    public synchronized void start(LeadershipListener hears) {
        if (listener != null) {
            throw new IllegalStateException("started already");
        }
        listener = hears;
        LOG.info("standing for election: identity={} times={}", self, times);
        step();
    }

    private synchronized void step() {
        turnedAt = clock.nanos();
        if (closed) {
            return;
        }
        if (term != null && seenIsOwnWrite) {
            decide();
        } else {
            requests.ask(api.read(), patience(), this::read, this::failed);
        }
    }

    /** A leader must be able to try again within its deadline; a candidate has nothing to lose by waiting. */
    private Duration patience() {
        return term == null ? times.renewDeadline() : times.requestTimeout();
    }

    private synchronized void read(Optional<LeaseRecord> lease) {
        seenIsOwnWrite = false;
        observe(lease);
        decide();
    }

    private void observe(Optional<LeaseRecord> lease) {
        long now = clock.nanos();
        seen = seen == null ? new LeaseDecision.Observation(lease, now) : seen.then(lease, now);
        lease.ifPresent(record -> {
            everSeen = true;
            highestSeen = Math.max(highestSeen, record.transitions());
        });
    }

    private void decide() {
        endWhenExpired();
        LeaseDecision.Observation known = seen;
        if (closed || known == null) {
            return;
        }
        switch (LeaseDecision.of(known, everSeen, self, term != null, clock.nanos(), times)) {
            case ACQUIRE -> {
                String version = known.lease().map(LeaseRecord::version).orElse("");
                write(LeaseRecord.taken(self, highestSeen + 1, clock.instant(), version));
            }
            case RENEW -> write(known.lease().orElseThrow().renewed(clock.instant()));
            case STEP_DOWN -> {
                lose(known.lease()
                        .map(lease -> "the lease is held by '" + lease.holder() + "'")
                        .orElse("the lease was deleted"));
                later(times.period());
            }
            case WAIT -> later(times.period());
        }
    }

    private void write(LeaseRecord record) {
        long sentAt = clock.nanos();
        requests.ask(api.write(record), patience(), stored -> written(stored, sentAt), this::failed);
    }

    private synchronized void written(LeaseRecord stored, long sentAt) {
        if (closed) {
            return;
        }
        endWhenExpired();
        observe(Optional.of(stored));
        seenIsOwnWrite = true;
        long until = sentAt + times.renewDeadline().toNanos();
        Term before = term;
        if (before != null && before.token() == stored.transitions()) {
            term = new Term(before.token(), until);
            watch();
        } else if (stored.transitions() > token && until - clock.nanos() > 0) {
            gain(new Term(stored.transitions(), until));
        }
        later(times.period());
    }

    private void gain(Term gained) {
        token = gained.token();
        term = gained;
        watch();
        LOG.info("leading: identity={} token={}", self, gained.token());
        LeadershipListener hears = listener;
        if (hears != null) {
            callbacks.execute(() -> hears.gained(gained.token()));
        }
    }

    private synchronized void failed(Throwable failure) {
        if (closed) {
            return;
        }
        endWhenExpired();
        seenIsOwnWrite = false;
        boolean leads = term != null;
        if (failure instanceof LeaseConflictException) {
            LOG.debug("another writer of the lease was faster: leads={}", leads);
            // Against somebody who writes the lease all the time only haste helps; it ends with the term at the latest.
            later(leads ? Duration.ZERO : times.period());
        } else {
            LOG.warn("the lease could not be read or written: leads={} failure={}", leads, failure.toString());
            later(leads ? times.period().dividedBy(4) : times.period());
        }
    }

    private void later(Duration delay) {
        clock.schedule(delay, this::step);
    }

    private void watch() {
        Term watched = term;
        if (watched != null) {
            clock.schedule(Duration.ofNanos(Math.max(0, left(watched))), () -> endWhenExpired(watched));
        }
    }

    private synchronized void endWhenExpired(@Nullable Term watched) {
        if (watched != null && watched == term) {
            endWhenExpired();
            watch();
        }
    }

    private void endWhenExpired() {
        Term current = term;
        if (current != null && left(current) <= 0) {
            lose("not renewed within " + times.renewDeadline());
        }
    }

    private void lose(String reason) {
        Term lost = term;
        LeadershipListener hears = listener;
        term = null;
        if (lost != null && hears != null) {
            LOG.info("not leading any more: identity={} token={} reason={}", self, lost.token(), reason);
            callbacks.execute(() -> hears.lost(reason));
        }
    }

    /** Ends the term, lets the listener close what depends on it, then clears the holder. */
    synchronized CompletionStage<Void> release() {
        if (!closed) {
            closed = true;
            lose("given up");
            callbacks.execute(() -> giveUp(2));
        }
        return released;
    }

    private void giveUp(int tries) {
        requests.ask(
                api.read(),
                times.requestTimeout(),
                lease -> lease.filter(held -> held.holder().equals(self))
                        .ifPresentOrElse(held -> giveUp(held, tries), this::done),
                failure -> done());
    }

    private void giveUp(LeaseRecord held, int tries) {
        requests.ask(api.write(held.givenUp(clock.instant())), times.requestTimeout(), stored -> done(), failure -> {
            // The one writer that may have been faster is an own renewal that was under way.
            if (failure instanceof LeaseConflictException && tries > 1) {
                giveUp(tries - 1);
            } else {
                done();
            }
        });
    }

    private void done() {
        released.complete(null);
    }

    @Override
    public void close() {
        release().toCompletableFuture().join();
        api.close();
    }
}
