package io.mlengine.backend.k8s.cluster;

import io.mlengine.spi.backend.LogLine;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/** Serves one replica's output; each subscriber has a thread of its own, and reads no faster than it asks. */
final class LogPublisher implements Flow.Publisher<LogLine> {
    private final Executor readers;
    private final Function<LogDemand, LogReading> readings;

    /**
     * Makes a publisher.
     *
     * @param readers gives each reading a thread for as long as it lasts
     * @param readings begins to read
     */
    LogPublisher(Executor readers, Function<LogDemand, LogReading> readings) {
        this.readers = readers;
        this.readings = readings;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super LogLine> subscriber) {
        LogDemand demand = new LogDemand();
        subscriber.onSubscribe(demand);
        try {
            readers.execute(() -> serve(subscriber, demand));
        } catch (RejectedExecutionException closed) {
            subscriber.onComplete();
        }
    }

    private void serve(Flow.Subscriber<? super LogLine> subscriber, LogDemand demand) {
        try {
            readings.apply(demand).deliver(subscriber::onNext);
            if (!demand.isCancelled()) {
                subscriber.onComplete();
            }
        } catch (RuntimeException e) {
            subscriber.onError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            subscriber.onError(e);
        }
    }
}
