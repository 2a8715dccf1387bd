package io.mlengine.core.internal.engine;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.queue.QueueTree;
import io.mlengine.core.scheduling.Budget;
import io.mlengine.core.scheduling.ClusterState;
import io.mlengine.core.scheduling.PendingGang;
import io.mlengine.core.scheduling.Plan;
import io.mlengine.core.scheduling.RunningGang;
import io.mlengine.core.scheduling.SchedulingPolicy;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the policy's view of the world up to date and asks it when something changed. Owned by the loop.
 *
 * <p>A job's gang is rebuilt only when the job changed; deciding copies two lists of references.
 */
final class Scheduler {
    private record Releasing(AttemptId attempt, RunningGang held) {}

    private final SchedulingPolicy policy;
    private List<QueueConfig> queues;
    private QueueTree tree;
    private final Map<Long, PendingGang> pending = new TreeMap<>();
    private final Map<Long, RunningGang> running = new TreeMap<>();
    private final Map<JobId, Long> sequences = new TreeMap<>();
    private final Map<JobId, Releasing> releasing = new TreeMap<>();
    private List<Plan.Earmark> earmarks = List.of();
    private List<Node> nodes = List.of();
    private Map<String, Node> nodesByName = Map.of();
    private long version;
    private boolean dirty;
    private boolean enabled;

    Scheduler(SchedulingPolicy policy, List<QueueConfig> queues) {
        this.policy = policy;
        this.queues = List.copyOf(queues);
        this.tree = QueueTree.of(this.queues);
    }

    /** From now on the nodes and replicas are known. */
    void enable() {
        enabled = true;
        dirty = true;
    }

    /** The backend is blind: nothing new is started until it sees again. */
    void disable() {
        enabled = false;
    }

    void queues(List<QueueConfig> newQueues) {
        queues = List.copyOf(newQueues);
        tree = QueueTree.of(queues);
        changed();
    }

    /** Whether something that is no job may wait in this queue; jobs are asked when they are submitted. */
    boolean allows(String queue) {
        return tree.allows(queue);
    }

    void nodes(List<Node> newNodes) {
        nodes = List.copyOf(newNodes);
        Map<String, Node> map = new TreeMap<>();
        nodes.forEach(node -> map.put(node.name(), node));
        nodesByName = Collections.unmodifiableMap(map);
        changed();
    }

    Map<String, Node> nodesByName() {
        return nodesByName;
    }

    /**
     * The job's attempt has ended and its devices are being given back: until the backend says that they are, they are
     * as good as held, and the job itself must not be started again.
     */
    void releasing(JobRecord record, AttemptId attempt) {
        // A late release of an older attempt, which holds nothing any more, says nothing about the newest.
        if (record.attempt().filter(newest -> newest.id().equals(attempt)).isPresent()) {
            RunningGang held = RunningGang.builder()
                    .from(holding(record, running.get(place(record))))
                    .draining(true)
                    .build();
            releasing.put(record.id(), new Releasing(attempt, held));
        }
    }

    /** The backend has the devices of the attempt back. */
    void released(JobRecord record, AttemptId attempt) {
        Releasing leaving = releasing.get(record.id());
        if (leaving != null && leaving.attempt().equals(attempt)) {
            releasing.remove(record.id());
            running.remove(place(record));
            changed();
            update(record);
        }
    }

    /** Takes over a job's newest record. */
    void update(JobRecord record) {
        long key = place(record);
        sequences.put(record.id(), key);
        Releasing leaving = releasing.get(record.id());
        if (leaving != null) {
            pending.remove(key);
            if (!leaving.held().equals(running.put(key, leaving.held()))) {
                changed();
            }
            return;
        }
        Phase phase = record.phase();
        if (phase == Phase.QUEUED) {
            boolean left = running.remove(key) != null;
            PendingGang gang = PendingGang.builder()
                    .from(PendingGang.of(record))
                    .sequence(key)
                    .build();
            if (!gang.equals(pending.put(key, gang)) || left) {
                changed();
            }
        } else if (phase.holdsResources()) {
            boolean left = pending.remove(key) != null;
            if (holds(record)) {
                RunningGang gang = holding(record, running.get(key));
                if (!gang.equals(running.put(key, gang)) || left) {
                    changed();
                }
            } else if (running.remove(key) != null || left) {
                changed();
            }
        } else if (pending.remove(key) != null | running.remove(key) != null) {
            changed();
        }
    }

    /** A job's place in the order of submission, with room behind it for what is no job. */
    private static long place(JobRecord record) {
        return place(record.sequence(), 0);
    }

    /**
     * A place in the order of submission.
     *
     * @param job the sequence of the job that comes before
     * @param number which one behind that job, below 2^32; 0 is the job itself
     */
    static long place(long job, long number) {
        return (job << Integer.SIZE) + number;
    }

    /** What a gang gives up while it is resized stays held until the backend has confirmed the smaller claim. */
    private static RunningGang holding(JobRecord record, @Nullable RunningGang before) {
        RunningGang gang = RunningGang.builder()
                .from(RunningGang.of(record))
                .sequence(place(record))
                .build();
        boolean unconfirmed = record.attempt()
                .map(attempt -> attempt.epoch() > 0 && attempt.reservation().isEmpty())
                .orElse(false);
        if (!unconfirmed || before == null) {
            return gang;
        }
        List<Placement.Slot> slots = new ArrayList<>(gang.placement().replicas());
        for (Placement.Slot slot : before.placement().replicas()) {
            if (gang.placement().slot(slot.key()).isEmpty()) {
                slots.add(slot);
            }
        }
        return RunningGang.builder().from(gang).placement(new Placement(slots)).build();
    }

    /** A draining job whose attempt has ended, or that never had one, holds nothing. */
    private static boolean holds(JobRecord record) {
        return record.attempt().map(attempt -> attempt.endedAt().isEmpty()).orElse(false);
    }

    /** A gang that is no job holds this. */
    void hold(RunningGang gang) {
        sequences.put(gang.id(), gang.sequence());
        if (!gang.equals(running.put(gang.sequence(), gang))) {
            changed();
        }
    }

    /** A gang that is no job waits for this. */
    void await(PendingGang gang) {
        sequences.put(gang.id(), gang.sequence());
        if (!gang.equals(pending.put(gang.sequence(), gang))) {
            changed();
        }
    }

    /** Something that is no part of the state, such as the time, may let somebody start. */
    void reconsider() {
        changed();
    }

    void remove(JobId job) {
        Long key = sequences.remove(job);
        releasing.remove(job);
        if (key != null && (pending.remove(key) != null | running.remove(key) != null)) {
            changed();
        }
    }

    private void changed() {
        version++;
        dirty = true;
    }

    /** Asks the policy, when something changed since the last time. */
    Optional<Plan> decide(Instant now) {
        if (!dirty || !enabled) {
            return Optional.empty();
        }
        dirty = false;
        ClusterState state = ClusterState.builder()
                .version(version)
                .now(now)
                .nodes(nodes)
                .queues(queues)
                .running(running.values())
                .pending(pending.values())
                .earmarks(earmarks)
                .build();
        Plan plan = PlanCheck.sound(state, policy.decide(state, Budget.DEFAULT));
        earmarks = plan.earmarks();
        // An empty plan that ran out of steps would only come again.
        dirty |= plan.exhausted() && !plan.isEmpty();
        return Optional.of(plan);
    }
}
