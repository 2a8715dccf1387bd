package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.spi.backend.LogCursor;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.ReplicaId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Function;

/** Reads one replica's output once, over interruptions, until it ends or the subscriber has had enough. */
final class LogReading {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final long LOOK_MILLIS = 500;
    private static final int MOST_FAILURES = 8;

    private final PodOutput output;
    private final Function<ReplicaId, LogPlace> places;
    private final ReplicaId replica;
    private final LogCursor from;
    private final boolean follow;
    private final LogDemand demand;
    private final LogLines lines;
    private final ArrayDeque<LogLine> ready = new ArrayDeque<>();
    private int failures;

    LogReading(
            PodOutput output,
            Function<ReplicaId, LogPlace> places,
            ReplicaId replica,
            LogCursor from,
            boolean follow,
            LogDemand demand) {
        this.output = output;
        this.places = places;
        this.replica = replica;
        this.from = from;
        this.follow = follow;
        this.demand = demand;
        this.lines = new LogLines(replica);
    }

    /** Delivers lines; returns at the end of the output and when the subscriber has cancelled. */
    void deliver(Consumer<LogLine> sink) throws InterruptedException {
        while (!demand.isCancelled()) {
            // Asked before reading: what was written until the end is then found by the reading that follows.
            LogPlace place = places.apply(replica);
            boolean isLast = !follow || place.phase() == LogPlace.Phase.ENDED;
            boolean isThere = place.phase() == LogPlace.Phase.LIVE || place.phase() == LogPlace.Phase.ENDED;
            if (place.phase() == LogPlace.Phase.REMOVED || isThere && read(place, isLast, sink) && isLast) {
                return;
            }
            if (!isThere && !follow) {
                return;
            }
            demand.pause(PAUSE);
        }
    }

    /** Reads what is there; false when the server could not give it now. */
    private boolean read(LogPlace place, boolean isLast, Consumer<LogLine> sink) throws InterruptedException {
        int tail = lines.resumeAt() == null ? from.lastLines() : -1;
        lines.resume();
        PodOutput.Part part = new PodOutput.Part(lines.resumeAt(), tail, !isLast);
        try (PodOutput.Open open = output.open(place.namespace(), place.pod(), part, PATIENCE)) {
            failures = 0;
            return pump(open, isLast, sink);
        } catch (KubernetesClientException e) {
            return isRefusal(e, isLast);
        }
    }

    private boolean isRefusal(KubernetesClientException e, boolean isLast) {
        boolean isAbsent = e.getCode() == 400 || e.getCode() == 404;
        if (isAbsent) {
            return true;
        }
        failures++;
        if (isLast && failures >= MOST_FAILURES) {
            throw e;
        }
        return false;
    }

    /** Hands on what arrives, until the output ends; false when the subscriber has cancelled. */
    private boolean pump(PodOutput.Open open, boolean isLast, Consumer<LogLine> sink) throws InterruptedException {
        while (!demand.isCancelled()) {
            ByteBuffer chunk = open.next(LOOK_MILLIS).orElse(null);
            if (chunk == null) {
                if (!isLast && places.apply(replica).phase() != LogPlace.Phase.LIVE) {
                    // Read again without following: a connection that has died silently would never end.
                    return true;
                }
                continue;
            }
            boolean isEnd = PodOutput.Open.isEnd(chunk);
            if (isEnd) {
                lines.finish(ready::add);
            } else {
                lines.feed(chunk, ready::add);
            }
            if (!handOn(sink)) {
                return false;
            }
            if (isEnd) {
                return true;
            }
        }
        return false;
    }

    private boolean handOn(Consumer<LogLine> sink) throws InterruptedException {
        while (!ready.isEmpty()) {
            if (!demand.take()) {
                return false;
            }
            sink.accept(ready.remove());
        }
        return true;
    }
}
