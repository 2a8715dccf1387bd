package io.mlengine.backend.local.sample;

import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.ReplicaId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures at an even pace what each tracked replica uses, everything that it has started included: the processes of
 * its session, or its control group where it has one. One thread for all replicas. Linux only.
 */
public final class UsageSampler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UsageSampler.class);

    private final GpuReader gpuReader;
    private final BiConsumer<ReplicaId, UsageSample> listener;
    private final ProcessTable processes;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<ReplicaId, Tracked> tracked = new TreeMap<>();

    /**
     * Starts sampling.
     *
     * @param interval time between two samples of a replica
     * @param gpuReader reads devices
     * @param listener hears each sample on the sampler's thread
     */
    public UsageSampler(Duration interval, GpuReader gpuReader, BiConsumer<ReplicaId, UsageSample> listener) {
        this(gpuReader, listener, Path.of("/proc"), InstantSource.system(), System::nanoTime);
        Thread thread = new Thread(() -> run(interval), "mlengine-sampler");
        thread.setDaemon(true);
        thread.start();
    }

    UsageSampler(
            GpuReader gpuReader,
            BiConsumer<ReplicaId, UsageSample> listener,
            Path proc,
            InstantSource clock,
            LongSupplier nanos) {
        this.gpuReader = gpuReader;
        this.listener = listener;
        this.processes = new ProcessTable(proc);
        this.clock = clock;
        this.nanos = nanos;
    }

    private static final class Tracked {
        private final long session;
        private final List<String> devices;

        @Nullable
        private final ControlGroup group;

        private long cpuNanos = -1;
        private long at;

        private Tracked(long session, List<String> devices, @Nullable ControlGroup group) {
            this.session = session;
            this.devices = List.copyOf(devices);
            this.group = group;
        }
    }

    /**
     * Samples a replica from now on; the first sample comes after the second look.
     *
     * @param replica the replica
     * @param sessionPid the process that leads its session
     * @param deviceIds the devices that it holds
     * @param cgroup the folder of its control group, or null
     */
    public void track(ReplicaId replica, long sessionPid, List<String> deviceIds, @Nullable Path cgroup) {
        Tracked entry = new Tracked(sessionPid, deviceIds, cgroup == null ? null : new ControlGroup(cgroup));
        synchronized (tracked) {
            tracked.put(replica, entry);
        }
    }

    /** Stops sampling a replica; one more sample of it may be under way. */
    public void untrack(ReplicaId replica) {
        synchronized (tracked) {
            tracked.remove(replica);
        }
    }

    /** Stops sampling; does not wait for a sample that is under way. */
    @Override
    public void close() {
        closed.countDown();
    }

    private void run(Duration interval) {
        try {
            while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                try {
                    tick();
                } catch (IOException | RuntimeException e) {
                    // The next tick may do better, and replicas run on without being measured.
                    LOG.warn("usage could not be sampled", e);
                }
            }
        } catch (InterruptedException e) {
            // Nobody but the JVM's end interrupts this thread, which it owns: then there is nothing left to measure.
            Thread.currentThread().interrupt();
        }
    }

    /** Looks at all replicas once. */
    void tick() throws IOException {
        Map<ReplicaId, Tracked> now;
        synchronized (tracked) {
            now = new TreeMap<>(tracked);
        }
        if (now.isEmpty()) {
            return;
        }
        Set<Long> sessions = new TreeSet<>();
        Set<String> devices = new TreeSet<>();
        now.values().forEach(entry -> {
            sessions.add(entry.session);
            devices.addAll(entry.devices);
        });
        Map<Long, ProcessTable.Use> uses = processes.sessions(sessions);
        Map<String, UsageSample.Gpu> gpus = new HashMap<>();
        if (!devices.isEmpty()) {
            gpuReader.read(devices).forEach(gpu -> gpus.put(gpu.device(), gpu));
        }
        now.forEach((replica, entry) -> sample(replica, entry, uses.get(entry.session), gpus));
    }

    private void sample(
            ReplicaId replica, Tracked entry, ProcessTable.@Nullable Use session, Map<String, UsageSample.Gpu> gpus) {
        OptionalLong groupCpu = entry.group == null ? OptionalLong.empty() : entry.group.cpuNanos();
        OptionalLong groupMemory = entry.group == null ? OptionalLong.empty() : entry.group.memoryBytes();
        if (session == null && groupCpu.isEmpty()) {
            // All its processes have ended; whoever watches them will untrack it.
            return;
        }
        long cpuNanos = groupCpu.orElseGet(() -> session == null ? 0 : session.cpuNanos());
        long memory = groupMemory.orElseGet(() -> session == null ? 0 : session.residentBytes());
        long at = nanos.getAsLong();
        if (entry.cpuNanos >= 0 && at > entry.at) {
            // Time of children that nobody waited for leaves with them, so a sum may fall.
            long used = Math.max(0, cpuNanos - entry.cpuNanos);
            List<UsageSample.Gpu> own = new ArrayList<>();
            for (String device : entry.devices) {
                UsageSample.Gpu gpu = gpus.get(device);
                if (gpu != null) {
                    own.add(gpu);
                }
            }
            long cpuMillis = Math.round(1000.0 * used / (at - entry.at));
            listener.accept(replica, new UsageSample(clock.instant(), cpuMillis, memory, own));
        }
        entry.cpuNanos = cpuNanos;
        entry.at = at;
    }
}
