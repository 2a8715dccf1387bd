package io.mlengine.core.scheduling;

import io.mlengine.spi.model.JobId;
import java.util.List;

/**
 * One thing that keeps a job from starting.
 *
 * @param code which kind of thing
 * @param dimension what is short: {@code gpus} (with the model or MIG profile wanted after a slash, {@code gpus/A100}),
 *     {@code cpuMillis}, {@code memoryBytes}, {@code jobs} or the name of an extended resource; empty where nothing is
 *     counted
 * @param need how much of it the job needs at least
 * @param free how much of it there is
 * @param shortBy how much is missing, 0 where nothing is counted
 * @param where the node, domain, queue, roles or point in time that it is about; empty for the whole cluster
 * @param holders jobs that hold what is missing or go first, in the order of submission, at most {@value #MOST_HOLDERS}
 * @param refusals why nodes do not take its replicas, the most frequent first, at most {@value #MOST_REFUSALS}, or which
 *     quota; empty where it is not about that
 */
public record BlockingReason(
        Code code,
        String dimension,
        long need,
        long free,
        long shortBy,
        String where,
        List<JobId> holders,
        List<Refusal> refusals) {
    /** Longer lists of holders are cut. */
    public static final int MOST_HOLDERS = 10;

    /** Longer lists of refusals are cut. */
    public static final int MOST_REFUSALS = 10;

    /** Copies and cuts the lists. */
    public BlockingReason {
        holders = List.copyOf(holders.subList(0, Math.min(MOST_HOLDERS, holders.size())));
        refusals = List.copyOf(refusals.subList(0, Math.min(MOST_REFUSALS, refusals.size())));
    }

    /**
     * A reason that is not about refusals of nodes.
     *
     * @param code which kind of thing
     * @param dimension what is short
     * @param need how much of it the job needs at least
     * @param free how much of it there is
     * @param shortBy how much is missing
     * @param where what it is about
     * @param holders jobs that hold what is missing
     */
    public BlockingReason(
            Code code, String dimension, long need, long free, long shortBy, String where, List<JobId> holders) {
        this(code, dimension, need, free, shortBy, where, holders, List.of());
    }

    /**
     * Why some nodes do not take a replica.
     *
     * @param nodes how many nodes, 0 when it is about none
     * @param why a short phrase, for example {@code untolerated taint gpu=true:NoSchedule}
     */
    public record Refusal(int nodes, String why) {}

    /** The kinds. */
    public enum Code {
        /** It backs off after a failure until the time in {@code where}. */
        BACK_OFF,
        /**
         * A quota outside the engine, named in {@code refusals}, left no room; it asks again at the time in {@code where},
         * or when it fits without anybody being stopped.
         */
        QUOTA_EXCEEDED,
        /** Its queue, or one above it, starts no jobs. */
        QUEUE_STOPPED,
        /** Its queue is not configured any more. */
        QUEUE_UNKNOWN,
        /** Its queue, or one above it, holds as much as it may. */
        QUEUE_LIMIT,
        /** No node is known yet, or none takes new replicas. */
        NO_NODES,
        /** It asks for more than all nodes that take it have, or than its queue may ever hold; waiting does not help. */
        IMPOSSIBLE_HERE,
        /** Labels and taints leave no node for the replicas of the roles in {@code where}, or none that is open. */
        NODES_REFUSE,
        /** The cluster as a whole has too little free. */
        NO_ROOM,
        /** No single node has enough free for one of its replicas. */
        NO_ROOM_ON_ONE_NODE,
        /** No domain of the required topology has enough free for the whole gang; a node may be a domain. */
        NO_ROOM_IN_ONE_DOMAIN,
        /** There is enough in all, but in pieces too small for its replicas; {@code free} counts the usable ones. */
        FRAGMENTED,
        /** Room is being freed for it: the holders are stopping. */
        ROOM_IS_COMING,
        /** It would fit into room that is kept for the holders. */
        EARMARKED,
        /** It may not overtake the holder, which is ahead of it in the queue and waits for the same resources. */
        BEHIND,
        /** The budget ended before it was looked at. */
        NOT_LOOKED_AT
    }

    /**
     * The reason for people.
     *
     * @return part of a sentence
     */
    public String text() {
        return ReasonText.of(this);
    }
}
