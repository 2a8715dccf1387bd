package io.mlengine.spi.backend;

import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * Runs replicas somewhere: on this machine, on a Kubernetes cluster, in a simulation.
 *
 * <p>Threading: all methods may be called from several threads; none may block for longer than it takes to hand the
 * work over, except {@link #close()}. Orders are idempotent: the same order again changes nothing and succeeds.
 * Every order carries a {@link Fence}; an order with an older fence than one already seen must be refused with a
 * failed stage. A failed stage means that the order had no lasting effect or that {@link #release} undoes it.
 *
 * <p>What happens is reported through the consumer given to {@link #start}, as whole states with a rising revision,
 * never as edges: a report may be repeated, delayed or overtaken without harm.
 */
public interface ComputeBackend extends AutoCloseable {
    /**
     * Returns what this backend can do; constant while it lives.
     *
     * @return the traits
     */
    Traits traits();

    /**
     * Starts reporting. Everything already found (nodes, running replicas) is reported first, then {@link
     * BackendEvent.Synced}. Called once, before any order.
     *
     * @param sink takes events from any thread and returns at once
     */
    void start(Consumer<BackendEvent> sink);

    /**
     * Claims devices and ports for an attempt. Called again with another placement it changes the claim: what stays
     * keeps its address and ports.
     *
     * @param order what to claim
     * @param fence who orders
     * @return the addresses and ports; fails when a device or port cannot be had, and then holds nothing new
     */
    CompletionStage<Reservation> reserve(ReserveOrder order, Fence fence);

    /**
     * Starts replicas of a reserved attempt: prepares code and environment, then starts the process. Completes when the
     * order is accepted; how it goes on is reported as {@link BackendEvent.ReplicaReported}.
     *
     * @param order what to start
     * @param fence who orders
     * @return completes when accepted
     */
    CompletionStage<Void> launch(LaunchOrder order, Fence fence);

    /**
     * Stops replicas with everything they have started. Unknown or ended replicas are ignored.
     *
     * @param attempt the attempt
     * @param who which starts to stop; empty for all of the attempt
     * @param how grace and reason
     * @param fence who orders
     * @return completes when accepted; the end of each replica is reported
     */
    CompletionStage<Void> stop(AttemptId attempt, Set<ReplicaId> who, StopOrder how, Fence fence);

    /**
     * Gives back devices and ports of an attempt that has no live replica. Logs and outputs stay.
     *
     * @param attempt the attempt
     * @param cleanup what becomes of the rest
     * @param fence who orders
     * @return completes when given back
     */
    CompletionStage<Void> release(AttemptId attempt, Cleanup cleanup, Fence fence);

    /**
     * Removes everything a finished job left behind: logs, outputs, work folders.
     *
     * @param job the job
     * @param fence who orders
     * @return completes when removed
     */
    CompletionStage<Void> remove(JobId job, Fence fence);

    /**
     * Reads a replica's output.
     *
     * @param replica which start of which replica
     * @param from where to begin
     * @param follow whether to go on until the replica has ended
     * @return lines in the order of their arrival; completes at the end of the output
     */
    Flow.Publisher<LogLine> logs(ReplicaId replica, LogCursor from, boolean follow);

    /** Stops reporting and frees what the backend holds; replicas that run are stopped when the backend owns them. */
    @Override
    void close();
}
