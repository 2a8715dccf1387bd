package io.mlengine.core.internal.engine;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.lifecycle.Effect;
import io.mlengine.core.lifecycle.JobEvent;
import io.mlengine.spi.backend.Cleanup;
import io.mlengine.spi.backend.ComputeBackend;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.backend.ReserveOrder;
import io.mlengine.spi.backend.StopOrder;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out effects on the effects executor: in order for each job, side by side for different jobs. Answers become
 * events. But for the fence, the fields are touched by the loop only.
 */
final class EffectRunner {
    private static final Logger LOG = LoggerFactory.getLogger(EffectRunner.class);

    /** Where answers go; called from any thread. */
    interface Answers {
        /** An order led to an event of its job. */
        void event(JobId job, JobEvent event);

        /** The attempt's devices and ports are free, or the backend will say otherwise at the next reservation. */
        void released(AttemptId attempt);

        /** What the job left behind at the backend is removed. */
        void removed(JobId job);

        /** Launchers have something to say. */
        void notes(JobId job, List<String> notes);
    }

    private final ComputeBackend backend;
    private final Launchers launchers;
    private final Executor executor;
    private final Answers answers;
    private final Map<JobId, CompletableFuture<Void>> tails = new TreeMap<>();
    /** Set before the first order, and never again. */
    private volatile Fence fence;

    EffectRunner(ComputeBackend backend, Launchers launchers, Fence proposed, Executor executor, Answers answers) {
        this.backend = backend;
        this.launchers = launchers;
        this.fence = proposed;
        this.executor = executor;
        this.answers = answers;
    }

    /**
     * Queues the repetition of a reservation that has its answer: a backend that was restarted together with the engine
     * has forgotten it.
     */
    void hold(JobRecord record, Attempt attempt) {
        CompletableFuture<Void> before = tails.getOrDefault(record.id(), CompletableFuture.completedFuture(null));
        CompletableFuture<Void> after = before.handle((unused, error) -> null)
                .thenComposeAsync(unused -> guarded(() -> claim(record, attempt.id(), attempt.placement())), executor)
                .handle((unused, error) -> {
                    if (error != null) {
                        LOG.warn(
                                "a reservation could not be repeated: attempt={} cause={}",
                                attempt.id(),
                                OrderFailure.unwrap(error).toString());
                    }
                    return null;
                });
        tails.put(record.id(), after);
    }

    /** From now on orders carry this fence. */
    void fence(Fence granted) {
        fence = granted;
    }

    /** Queues an effect behind the earlier ones of its job. */
    void run(Effect effect, JobRecord record, Map<String, Node> nodes) {
        CompletableFuture<Void> before = tails.getOrDefault(record.id(), CompletableFuture.completedFuture(null));
        CompletableFuture<Void> after = before.handle((unused, error) -> null)
                .thenComposeAsync(unused -> guarded(() -> start(effect, record, nodes)), executor)
                .handle((unused, error) -> {
                    if (error != null) {
                        failed(effect, record.id(), OrderFailure.unwrap(error));
                    }
                    return null;
                });
        tails.put(record.id(), after);
    }

    /** Completes when everything that was queued so far has been answered; never fails. */
    CompletableFuture<Void> answered() {
        return CompletableFuture.allOf(tails.values().toArray(CompletableFuture[]::new));
    }

    /** Forgets the order of a job that is gone. */
    void forget(JobId job) {
        tails.remove(job);
    }

    private static <T> CompletionStage<T> guarded(Supplier<CompletionStage<T>> start) {
        try {
            return start.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<Void> start(Effect effect, JobRecord record, Map<String, Node> nodes) {
        return switch (effect.kind()) {
            case RESERVE -> reserve((Effect.Reserve) effect, record);
            case LAUNCH -> launch((Effect.Launch) effect, record, nodes);
            case STOP -> {
                Effect.Stop stop = (Effect.Stop) effect;
                yield backend.stop(stop.attempt(), stop.replicas(), new StopOrder(stop.grace(), stop.reason()), fence);
            }
            case RELEASE ->
                backend.release(
                                ((Effect.Release) effect).attempt(),
                                cleanup(((Effect.Release) effect).cleanup()),
                                fence)
                        .thenRun(() -> answers.released(((Effect.Release) effect).attempt()));
            case REMOVE ->
                backend.remove(((Effect.Remove) effect).job(), fence).thenRun(() -> answers.removed(record.id()));
            case FORGET -> CompletableFuture.completedFuture(null);
        };
    }

    private static Cleanup cleanup(RunPolicy.Cleanup policy) {
        return switch (policy) {
            case ALL -> Cleanup.REMOVE_WORK;
            case RUNNING, NONE -> Cleanup.KEEP;
        };
    }

    private CompletionStage<Void> reserve(Effect.Reserve order, JobRecord record) {
        return claim(record, order.attempt(), order.placement())
                .thenAccept(reservation ->
                        answers.event(record.id(), new JobEvent.Reserved(order.attempt(), order.epoch(), reservation)));
    }

    private CompletionStage<Reservation> claim(JobRecord record, AttemptId attempt, Placement placement) {
        return launchers
                .needs(record.shape())
                .thenCompose(
                        needs -> backend.reserve(new ReserveOrder(attempt, record.shape(), placement, needs), fence));
    }

    private CompletionStage<Void> launch(Effect.Launch order, JobRecord record, Map<String, Node> nodes) {
        Attempt attempt = record.attempt().orElseThrow();
        ClusterView view = ClusterViews.of(record, attempt, attempt.placement(), nodes);
        return plan(order, record, attempt, view, nodes).thenCompose(plan -> {
            if (!plan.notes().isEmpty()) {
                answers.notes(record.id(), plan.notes());
            }
            List<LaunchOrder.Start> starts = order.replicas().stream()
                    .map(id -> new LaunchOrder.Start(
                            id,
                            plan.replica(id.key())
                                    .orElseThrow(() -> OrderFailure.configuration(
                                            "PluginFault", "the launcher planned nothing for " + id.key()))))
                    .toList();
            return backend.launch(
                    new LaunchOrder(
                            order.attempt(),
                            record.shape(),
                            starts,
                            record.train().runPolicy().stopGrace()),
                    fence);
        });
    }

    /** A membership that grew is planned as a change of the one before, so that the survivors are left alone. */
    private CompletionStage<LaunchPlan> plan(
            Effect.Launch order, JobRecord record, Attempt attempt, ClusterView view, Map<String, Node> nodes) {
        List<Attempt.PastPlacement> past = attempt.pastPlacements();
        if (past.isEmpty()) {
            return launchers.plan(view);
        }
        Placement before = past.get(past.size() - 1).placement();
        boolean joins = order.replicas().stream()
                .anyMatch(id -> id.restart() == 0 && before.slot(id.key()).isEmpty());
        if (!joins) {
            return launchers.plan(view);
        }
        ClusterView from = ClusterViews.of(record, attempt, before, nodes);
        return launchers
                .resize(from, view)
                .thenApply(plan -> plan.orElseThrow(
                        () -> OrderFailure.restartToResize(record.train().framework())));
    }

    private void failed(Effect effect, JobId job, Throwable error) {
        OrderFailure failure = OrderFailure.of(error);
        LOG.warn(
                "an order failed: job={} order={} class={} reason={} message={}",
                job,
                effect.kind(),
                failure.failureClass(),
                failure.reason(),
                failure.message(),
                // Where a refusal came from in the backend helps nobody; where a bug came from does.
                error instanceof OrderFailedException ? null : error);
        switch (effect.kind()) {
            case RESERVE -> answers.event(job, failure.event(((Effect.Reserve) effect).attempt()));
            case LAUNCH -> answers.event(job, failure.event(((Effect.Launch) effect).attempt()));
            case REMOVE -> answers.removed(job);
            case RELEASE -> answers.released(((Effect.Release) effect).attempt());
            case STOP, FORGET -> {
                // The drain timer orders a stop again.
            }
        }
    }
}
