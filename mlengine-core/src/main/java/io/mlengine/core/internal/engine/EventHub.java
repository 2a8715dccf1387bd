package io.mlengine.core.internal.engine;

import io.mlengine.core.api.EngineErrorCode;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.EngineListener;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.MLEngine;
import io.mlengine.spi.error.MLEngineException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands events to subscribers, each in order, on the events executor; never blocks the loop. */
final class EventHub implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventHub.class);
    private static final int BUFFER = 1 << 16;

    private final Executor executor;
    private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();

    EventHub(Executor executor) {
        this.executor = executor;
    }

    private record Subscriber(JobFilter filter, SubmissionPublisher<EngineEvent> publisher) {}

    void publish(EngineEvent event) {
        for (Subscriber subscriber : subscribers) {
            if (subscriber.filter().matches(event.view().record())) {
                subscriber.publisher().offer(event, (slow, dropped) -> {
                    slow.onError(new MLEngineException(
                            EngineErrorCode.SUBSCRIBER_TOO_SLOW,
                            "A subscriber fell too far behind. Maybe it should hand events over to a queue of its own.",
                            Map.of("buffer", BUFFER),
                            null));
                    return false;
                });
            }
        }
    }

    Flow.Publisher<EngineEvent> watch(JobFilter filter) {
        return subscriber -> {
            SubmissionPublisher<EngineEvent> publisher = new SubmissionPublisher<>(executor, BUFFER);
            Subscriber entry = new Subscriber(filter, publisher);
            publisher.subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscriber.onSubscribe(new Flow.Subscription() {
                        @Override
                        public void request(long n) {
                            subscription.request(n);
                        }

                        @Override
                        public void cancel() {
                            subscribers.remove(entry);
                            subscription.cancel();
                        }
                    });
                }

                @Override
                public void onNext(EngineEvent event) {
                    subscriber.onNext(event);
                }

                @Override
                public void onError(Throwable error) {
                    subscribers.remove(entry);
                    subscriber.onError(error);
                }

                @Override
                public void onComplete() {
                    subscriber.onComplete();
                }
            });
            subscribers.add(entry);
        };
    }

    MLEngine.Subscription listen(JobFilter filter, EngineListener listener) {
        ListenerSubscriber subscriber = new ListenerSubscriber(listener);
        watch(filter).subscribe(subscriber);
        return subscriber;
    }

    /** Completes all subscribers after what was published before. */
    @Override
    public void close() {
        subscribers.forEach(subscriber -> subscriber.publisher().close());
        subscribers.clear();
    }

    private static final class ListenerSubscriber implements Flow.Subscriber<EngineEvent>, MLEngine.Subscription {
        private final EngineListener listener;
        private volatile boolean closed;
        private volatile Flow.@org.jspecify.annotations.Nullable Subscription subscription;

        ListenerSubscriber(EngineListener listener) {
            this.listener = listener;
        }

        @Override
        public void onSubscribe(Flow.Subscription newSubscription) {
            subscription = newSubscription;
            if (closed) {
                newSubscription.cancel();
            } else {
                newSubscription.request(Long.MAX_VALUE);
            }
        }

        @Override
        public void onNext(EngineEvent event) {
            if (closed) {
                return;
            }
            try {
                listener.onEvent(event);
            } catch (RuntimeException e) {
                LOG.warn("a listener failed: job={} event={}", event.job(), event.type(), e);
            }
        }

        @Override
        public void onError(Throwable error) {
            LOG.warn("a listener was dropped", error);
        }

        @Override
        public void onComplete() {}

        @Override
        public void close() {
            closed = true;
            Flow.Subscription current = subscription;
            if (current != null) {
                current.cancel();
            }
        }
    }
}
