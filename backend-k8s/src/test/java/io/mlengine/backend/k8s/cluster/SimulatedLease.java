package io.mlengine.backend.k8s.cluster;

import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A Lease at an API server that is far away: requests and answers take time or get lost, each way by itself. */
final class SimulatedLease {
    private final VirtualTime time;
    private final Random chance;
    private final Duration longest;
    private final double lost;
    private Optional<LeaseRecord> stored = Optional.empty();
    private long version;
    private boolean reachable = true;

    SimulatedLease(VirtualTime time, Random chance, Duration longest, double lost) {
        this.time = time;
        this.chance = chance;
        this.longest = longest;
        this.lost = lost;
    }

    Optional<LeaseRecord> stored() {
        return stored;
    }

    void reachable(boolean isReachable) {
        reachable = isReachable;
    }

    /** A write by somebody who is no candidate. */
    void touch() {
        stored = stored.map(record -> versioned(record));
    }

    void delete() {
        stored = Optional.empty();
    }

    Line line() {
        return new Line();
    }

    private LeaseRecord write(LeaseRecord record) {
        boolean isNewest = stored.map(LeaseRecord::version).orElse("").equals(record.version());
        if (!isNewest) {
            throw new LeaseConflictException(new IllegalStateException("version " + record.version()));
        }
        LeaseRecord next = versioned(record);
        stored = Optional.of(next);
        return next;
    }

    private LeaseRecord versioned(LeaseRecord record) {
        version++;
        return new LeaseRecord(
                record.holder(), record.transitions(), record.acquiredAt(), record.renewedAt(), Long.toString(version));
    }

    /** The connection of one candidate, which can be cut. */
    final class Line implements LeaseApi {
        private boolean cut;

        void cut(boolean isCut) {
            cut = isCut;
        }

        @Override
        public CompletionStage<Optional<LeaseRecord>> read() {
            return travel(() -> stored);
        }

        @Override
        public CompletionStage<LeaseRecord> write(LeaseRecord record) {
            return travel(() -> SimulatedLease.this.write(record));
        }

        private <T> CompletionStage<T> travel(Supplier<T> request) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            deliver(() -> {
                Consumer<CompletableFuture<T>> result = carry(request);
                deliver(() -> result.accept(answer));
            });
            return answer;
        }

        private void deliver(Runnable message) {
            if (cut || !reachable || chance.nextDouble() < lost) {
                return;
            }
            // Most are fast, a few are slower than any time-out.
            double part = chance.nextInt(10) == 0 ? chance.nextDouble() : chance.nextDouble() / 20;
            time.schedule(Duration.ofNanos((long) (longest.toNanos() * part)), message);
        }

        private <T> Consumer<CompletableFuture<T>> carry(Supplier<T> request) {
            try {
                T result = request.get();
                return answer -> answer.complete(result);
            } catch (LeaseConflictException e) {
                return answer -> answer.completeExceptionally(e);
            }
        }

        @Override
        public void close() {
            cut = true;
        }
    }
}
