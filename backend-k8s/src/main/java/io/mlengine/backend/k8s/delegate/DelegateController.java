package io.mlengine.backend.k8s.delegate;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.cluster.ApiAnswer;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.cluster.WatchProbes;
import io.mlengine.backend.k8s.delegate.DelegateStep.Order;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.core.job.Delegate;
import io.mlengine.core.job.JobRecord.Desired;
import io.mlengine.core.time.EngineClock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps jobs that another controller runs in step with its objects, while this process leads. It remembers nothing: each
 * time it reads both objects, asks {@link DelegateDecision}, writes the status first and then carries out the order. So a
 * restart, a change of leader and writes of others are nothing special.
 *
 * <p>Threading: safe for any thread; works on the given executor, which it blocks while it reads and writes.
 */
public final class DelegateController implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DelegateController.class);

    private static final int CONFLICT = 409;
    /** What a patch does not apply to. */
    private static final int UNPROCESSABLE = 422;

    private static final Duration SOON = Duration.ofMillis(200);

    private final KubernetesClient client;
    private final Leadership leadership;
    private final EngineClock clock;
    private final KindWatches watches;
    private final WorkQueue<DelegatedJob> queue;
    /** Jobs that the engine has handed over and whose status does not show it yet. */
    private final Set<DelegatedJob> fresh = ConcurrentHashMap.newKeySet();

    /**
     * Makes a controller; it begins when it hears of a job.
     *
     * @param client reaches the API server; not closed
     * @param namespaces whose jobs are kept, empty for all
     * @param probes ask what a watch may have missed
     * @param leadership says whether this process may write
     * @param workers runs the work; not ended
     * @param clock the time
     */
    public DelegateController(
            KubernetesClient client,
            Set<String> namespaces,
            WatchProbes probes,
            Leadership leadership,
            Executor workers,
            EngineClock clock) {
        this.client = client;
        this.leadership = leadership;
        this.clock = clock;
        this.queue = new WorkQueue<>(workers, clock, this::reconcile);
        this.watches = new KindWatches(client, namespaces, probes, queue::add);
    }

    /**
     * Tells whether a job is handed over already: its object's status says so, and no engine has a record of it.
     *
     * @param resource the job's object
     * @return true for a job that only this controller may touch
     */
    public static boolean isDelegated(MLTrainResource resource) {
        MLTrainStatus status = resource.getStatus();
        return status != null && status.delegate() != null && status.record() == null;
    }

    /**
     * Takes a job that has passed admission.
     *
     * @param namespace of its object
     * @param name of its object
     * @param uid of its object
     */
    public void take(String namespace, String name, String uid) {
        DelegatedJob job = new DelegatedJob(namespace, name, uid);
        fresh.add(job);
        queue.add(job);
    }

    /**
     * Takes note of a job's object that is there or has changed.
     *
     * @param resource an object for which {@link #isDelegated} holds
     */
    public void seen(MLTrainResource resource) {
        queue.add(DelegatedJob.of(resource));
    }

    /** Looks after what it watches; called about once a second. Never blocks. */
    public void look() {
        watches.look();
    }

    private void reconcile(DelegatedJob job) {
        DelegateApi api = new DelegateApi(client, leadership, leadership.token());
        if (!api.leads()) {
            return;
        }
        MLTrainResource resource = api.train(job).orElse(null);
        if (resource == null || (!isDelegated(resource) && !fresh.contains(job))) {
            fresh.remove(job);
            return;
        }
        Round round = new Round(api, job, resource, DelegateReading.view(api, watches, job, resource));
        try {
            DelegateStep step = DelegateDecision.of(round.view, clock.instant());
            round.write(step);
            round.carryOut(step.order());
        } catch (JobChangedException e) {
            LOG.debug("a job has changed meanwhile: job={} error={}", job, e.getMessage());
            queue.addLater(job, SOON);
        }
    }

    /** The job's own object was written by somebody else since it was read. */
    private static final class JobChangedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        JobChangedException(KubernetesClientException cause) {
            super(cause);
        }
    }

    /** One look at a job. */
    private final class Round {
        private final DelegateApi api;
        private final DelegatedJob job;
        private final MLTrainResource resource;
        private DelegateView view;

        Round(DelegateApi api, DelegatedJob job, MLTrainResource resource, DelegateView view) {
            this.api = api;
            this.job = job;
            this.resource = resource;
            this.view = view;
        }

        void write(DelegateStep step) {
            step.wakeAt().ifPresent(at -> queue.addLater(job, clock.until(at)));
            if (step.status().equals(view.status())) {
                return;
            }
            MLTrainStatus written = ifUnchanged(() -> api.write(resource, step.status()));
            fresh.remove(job);
            LOG.info("a job has moved: job={} phase={} reason={}", job, written.phase(), written.reason());
            DelegateEvents.of(job.owner(), view.status(), written, clock.instant())
                    .ifPresent(api::tell);
            resource.setStatus(written);
            view = view.with(written);
        }

        /** Writes the job's own object, which is not written over what somebody else wrote. */
        private <T> T ifUnchanged(Supplier<T> write) {
            try {
                return write.get();
            } catch (KubernetesClientException e) {
                if (e.getCode() == CONFLICT || e.getCode() == UNPROCESSABLE) {
                    throw new JobChangedException(e);
                }
                throw e;
            }
        }

        void carryOut(Order order) {
            if (order == Order.NONE) {
                return;
            }
            if (order == Order.CREATE) {
                ifUnchanged(() -> api.hold(resource));
            }
            try {
                send(order);
            } catch (KubernetesClientException e) {
                refused(order, ApiAnswer.of(e), e);
                return;
            }
            if (order != Order.RELEASE) {
                queue.addLater(job, SOON);
            }
        }

        private void send(Order order) {
            Delegate delegate = view.train().delegate().orElseThrow();
            switch (order) {
                case NONE -> {}
                case CREATE -> api.create(delegate, DelegateObject.of(view.train(), job.owner(), api.token()));
                case CHANGE -> {
                    String uid = view.object().orElseThrow().uid();
                    boolean suspend = view.desired() == Desired.SUSPEND;
                    api.change(delegate, DelegateObject.change(view.train(), job.owner(), uid, suspend));
                }
                case DELETE ->
                    api.delete(delegate, job, view.object().orElseThrow().uid());
                case RELEASE -> ifUnchanged(() -> api.release(resource));
                case REMOVE -> api.remove(job);
            }
        }

        private void refused(Order order, ApiAnswer answer, KubernetesClientException refusal) {
            String text = ApiAnswer.message(refusal);
            boolean isObject = order == Order.CREATE || order == Order.CHANGE;
            switch (answer) {
                // Somebody was faster: the next look tells who, and what.
                case EXISTS, CONFLICT -> queue.addLater(job, SOON);
                case MISSING -> {
                    if (isObject) {
                        throw refusal;
                    }
                    queue.addLater(job, SOON);
                }
                case REFUSED -> {
                    if (order == Order.CREATE) {
                        write(DelegateDecision.refused(view, text, clock.instant()));
                    } else if (order == Order.CHANGE) {
                        write(DelegateDecision.hindered(view, "Refused", text, clock.instant()));
                    } else {
                        throw refusal;
                    }
                }
                case QUOTA, FORBIDDEN -> {
                    String reason = answer == ApiAnswer.QUOTA ? "QuotaExceeded" : "Forbidden";
                    write(DelegateDecision.hindered(view, reason, text, clock.instant()));
                }
                case TRANSIENT -> throw refusal;
            }
        }
    }

    /** Begins nothing any more; what is under way is refused once this process does not lead. */
    @Override
    public void close() {
        queue.close();
        watches.close();
    }
}
