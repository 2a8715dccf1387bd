package io.mlengine.testkit.sim;

import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobView;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.api.SubmitResult;
import io.mlengine.core.internal.engine.DefaultMLEngine;
import io.mlengine.core.internal.engine.EngineParts;
import io.mlengine.core.internal.engine.Launchers;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.metering.AttemptUsage;
import io.mlengine.core.metering.UsageRecord;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.scheduling.PriorityPolicy;
import io.mlengine.core.scheduling.SchedulingPolicy;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Taint;
import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * The production engine, single-threaded, in a simulated world. Nothing moves unless told: {@link #step} runs one task
 * that is ready, chosen by the seed, or moves the time to the next one. The same seed gives the same run, step by step.
 * Rules are checked after every step; a breach throws with the seed.
 *
 * <p>Not thread-safe. It needs no closing: it has no threads.
 */
public final class SimulatedEngine {
    private final long seed;
    private final VirtualTime time = new VirtualTime();
    private final List<Runnable> ready = new ArrayList<>();
    private final SplittableRandom order;
    private final SimulatedBackend backend;
    private final SimulatedStore store;
    private final Builder setup;
    private final SimulatedSink sink;
    private final EngineInvariants invariants = new EngineInvariants();
    private MLEngine engine;
    private int engines;
    private long steps;

    private SimulatedEngine(Builder setup) {
        this.setup = setup;
        this.seed = setup.seed;
        SplittableRandom root = new SplittableRandom(seed);
        this.order = root.split();
        this.backend = new SimulatedBackend(time, root.split(), setup.faults, setup.nodes, setup.author);
        this.sink = new SimulatedSink(new SplittableRandom(~seed), setup.faults);
        this.store = new SimulatedStore(time, root.split(), setup.faults, sink, setup.storeNamesJobs);
        this.engine = start(root.split());
    }

    private MLEngine start(SplittableRandom ids) {
        int number = ++engines;
        return new DefaultMLEngine(
                new EngineParts(
                        backend,
                        setup.launchers,
                        store,
                        setup.policy,
                        setup.queues,
                        time,
                        ids,
                        usage -> bring(usage, number),
                        ready::add,
                        ready::add,
                        ready::add,
                        setup.mailboxCapacity),
                () -> {});
    }

    /** Timers of an engine that has crashed still go off, but it reaches nobody. */
    private void bring(AttemptUsage usage, int engine) {
        if (engine == engines) {
            sink.record(usage);
        }
    }

    /**
     * Starts a description.
     *
     * @return a builder with one node of eight CPUs and no faults
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The engine's own API; calls take effect while the simulation is stepped.
     *
     * @return the engine
     */
    public MLEngine engine() {
        return engine;
    }

    /**
     * The simulation's time.
     *
     * @return the clock
     */
    public VirtualTime time() {
        return time;
    }

    /**
     * The simulated world, to ask for faults and to look at.
     *
     * @return the backend
     */
    public SimulatedBackend backend() {
        return backend;
    }

    /**
     * The simulated store, to submit through and to look at.
     *
     * @return the store
     */
    public SimulatedStore store() {
        return store;
    }

    /**
     * Usage that the sink has kept so far, each attempt once.
     *
     * @return the records
     */
    public List<UsageRecord> usage() {
        return sink.records();
    }

    /**
     * Number of steps so far; equal for equal seeds.
     *
     * @return the number
     */
    public long steps() {
        return steps;
    }

    /**
     * Submits a job and steps until it is stored.
     *
     * @param train the job
     * @return its handle
     * @throws io.mlengine.core.api.InvalidJobException when it is rejected
     */
    public JobHandle submit(MLTrain train) {
        return await(engine.submit(train)).orThrow();
    }

    /**
     * Submits a job and steps until there is an answer.
     *
     * @param train the job
     * @return accepted or rejected
     */
    public SubmitResult trySubmit(MLTrain train) {
        return await(engine.submit(train));
    }

    /**
     * Steps until a future is done.
     *
     * @param future what to wait for
     * @param <T> its type
     * @return its result
     */
    public <T> T await(CompletableFuture<T> future) {
        runUntil(future::isDone, Duration.ofHours(1));
        return future.join();
    }

    /**
     * Steps until a job has ended.
     *
     * @param job the job
     * @param atMost longest virtual time
     * @return the job after its end
     */
    public JobView runUntilEnded(JobHandle job, Duration atMost) {
        runUntil(() -> job.view().phase().isTerminal(), atMost);
        return job.view();
    }

    /**
     * Steps until something holds.
     *
     * @param condition checked after every step
     * @param atMost longest virtual time
     * @throws AssertionError when it does not hold in time
     */
    public void runUntil(BooleanSupplier condition, Duration atMost) {
        long end = time.nanos() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (time.nanos() > end || !step()) {
                throw new AssertionError(describe("the condition did not hold within " + atMost));
            }
        }
    }

    /**
     * Steps for a while.
     *
     * @param duration virtual time
     */
    public void runFor(Duration duration) {
        long end = time.nanos() + duration.toNanos();
        while (!ready.isEmpty()
                || time.untilNext().isPresent()
                        && time.nanos() + time.untilNext().get().toNanos() <= end) {
            step();
        }
        time.advance(Duration.ofNanos(Math.max(0, end - time.nanos())));
    }

    /**
     * Runs one task, or moves the time to the next one.
     *
     * @return false when nothing will ever happen again
     */
    public boolean step() {
        steps++;
        if (!ready.isEmpty()) {
            // The last one takes the chosen one's place: the order is random anyway, and removal costs O(1).
            int chosen = order.nextInt(ready.size());
            Runnable task = ready.get(chosen);
            Runnable last = ready.remove(ready.size() - 1);
            if (chosen < ready.size()) {
                ready.set(chosen, last);
            }
            task.run();
        } else if (!time.runNext()) {
            return false;
        }
        List<String> breaches = invariants.check(engine.list(JobFilter.ALL), backend, sink, steps);
        if (!breaches.isEmpty()) {
            throw new AssertionError(describe(String.join("\n", breaches)));
        }
        return true;
    }

    /**
     * Checks what must hold when every job has ended: nothing lives, nothing is held, all usage was brought.
     *
     * @throws AssertionError when something is left
     */
    public void assertNothingLeft() {
        List<String> left = invariants.leftovers(engine.list(JobFilter.ALL), backend, sink);
        if (!left.isEmpty()) {
            throw new AssertionError(describe(String.join("\n", left)));
        }
    }

    /** Replaces the engine as a crash and a restart do: what is not in the store is lost, the world goes on. */
    public void crashAndRestart() {
        ready.clear();
        engine = start(new SplittableRandom(order.nextLong()));
        invariants.restarted();
    }

    private String describe(String what) {
        StringBuilder text = new StringBuilder(what);
        text.append("\nseed ")
                .append(seed)
                .append(", step ")
                .append(steps)
                .append(", ")
                .append(time.instant());
        text.append("\nagain: mvn -q -Dquick -pl testkit -am test -Dtest=EngineSimulation"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dmlengine.seed=")
                .append(seed);
        for (JobView view : engine.list(JobFilter.ALL)) {
            text.append('\n')
                    .append(view.id())
                    .append(' ')
                    .append(view.name())
                    .append(' ')
                    .append(view.phase())
                    .append(" attempt ")
                    .append(view.record().attemptNumber())
                    .append(' ')
                    .append(view.record().timers())
                    .append(' ')
                    .append(view.waiting()
                            .map(io.mlengine.core.scheduling.Wait::text)
                            .orElse(""));
            view.record()
                    .attempt()
                    .ifPresent(attempt -> attempt.replicas()
                            .values()
                            .forEach(replica -> text.append("\n    ")
                                    .append(replica.id())
                                    .append(' ')
                                    .append(replica.current().state())));
        }
        return text.toString();
    }

    /** Describes a simulation. */
    public static final class Builder {
        private long seed;
        private FaultPlan faults = FaultPlan.NONE;
        private List<Node> nodes = List.of(node("node-0", 8, 0));
        private ReplicaScript.Author author = replica -> ReplicaScript.succeedsAfter(Duration.ofMinutes(1));
        private SchedulingPolicy policy = new PriorityPolicy();
        private Launchers launchers = new DirectLaunchers(List.of(new PlainLauncher()));
        private List<QueueConfig> queues = List.of();
        private boolean storeNamesJobs;
        private int mailboxCapacity = 10_000;

        private Builder() {}

        /**
         * The seed of everything random.
         *
         * @param newSeed the seed
         * @return this
         */
        public Builder seed(long newSeed) {
            seed = newSeed;
            return this;
        }

        /**
         * How unkind the world is.
         *
         * @param newFaults the faults
         * @return this
         */
        public Builder faults(FaultPlan newFaults) {
            faults = newFaults;
            return this;
        }

        /**
         * Equal nodes.
         *
         * @param count how many
         * @param cpus cores of each
         * @param gpus GPUs of each
         * @return this
         */
        public Builder nodes(int count, int cpus, int gpus) {
            List<Node> list = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                list.add(node("node-" + i, cpus, gpus));
            }
            nodes = list;
            return this;
        }

        /**
         * Labels and taints a node that was described before.
         *
         * @param index which one, from 0
         * @param labels its labels
         * @param taints its taints
         * @return this
         */
        public Builder marked(int index, Map<String, String> labels, Taint... taints) {
            List<Node> list = new ArrayList<>(nodes);
            list.set(
                    index,
                    Node.builder()
                            .from(list.get(index))
                            .labels(labels)
                            .addTaints(taints)
                            .build());
            nodes = list;
            return this;
        }

        /**
         * What replicas do.
         *
         * @param newAuthor writes a script for each start
         * @return this
         */
        public Builder replicas(ReplicaScript.Author newAuthor) {
            author = newAuthor;
            return this;
        }

        /**
         * Who decides what starts.
         *
         * @param newPolicy the policy
         * @return this
         */
        public Builder policy(SchedulingPolicy newPolicy) {
            policy = newPolicy;
            return this;
        }

        /**
         * The way to launchers.
         *
         * @param newLaunchers launchers, called directly
         * @return this
         */
        public Builder launchers(Launchers newLaunchers) {
            launchers = newLaunchers;
            return this;
        }

        /**
         * Configures queues.
         *
         * @param newQueues the queues
         * @return this
         */
        public Builder queues(QueueConfig... newQueues) {
            queues = List.of(newQueues);
            return this;
        }

        /**
         * Lets the store name jobs, as a cluster's API does.
         *
         * @return this
         */
        public Builder storeNamesJobs() {
            storeNamesJobs = true;
            return this;
        }

        /**
         * How many calls of users may wait.
         *
         * @param calls the number
         * @return this
         */
        public Builder mailboxCapacity(int calls) {
            mailboxCapacity = calls;
            return this;
        }

        /**
         * Starts the simulation.
         *
         * @return the simulation, with an engine that has read its store
         */
        public SimulatedEngine build() {
            SimulatedEngine simulation = new SimulatedEngine(this);
            simulation.runFor(Duration.ZERO);
            return simulation;
        }

        private static Node node(String name, int cpus, int gpus) {
            List<Device> devices = new ArrayList<>();
            for (int i = 0; i < gpus; i++) {
                devices.add(Device.builder()
                        .id(name + "-gpu-" + i)
                        .index(i)
                        .model("A100")
                        .memoryBytes(40L << 30)
                        .build());
            }
            return Node.builder()
                    .name(name)
                    .cpuMillis(cpus * 1000L)
                    .memoryBytes((long) cpus << 32)
                    .devices(devices)
                    .build();
        }
    }
}
