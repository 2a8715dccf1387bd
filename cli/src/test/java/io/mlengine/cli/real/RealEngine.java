package io.mlengine.cli.real;

import io.mlengine.backend.local.LocalBackend;
import io.mlengine.backend.local.LocalBackendConfig;
import io.mlengine.backend.local.prepare.LocalFolders;
import io.mlengine.core.MLEngines;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.api.JobView;
import io.mlengine.core.api.LogQuery;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.metering.UsageRecord;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.ReplicaId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An engine on the processes of this machine, with folders of its own, and everything it has said. */
final class RealEngine implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PREPARATION = Duration.ofMinutes(12);
    private static final Set<Phase> COMING_UP = EnumSet.of(Phase.QUEUED, Phase.ADMITTED, Phase.STARTING);

    final Path root;
    final MLEngine engine;
    final List<EngineEvent> events = new CopyOnWriteArrayList<>();
    final List<UsageRecord> usage = new CopyOnWriteArrayList<>();

    private RealEngine(Path root, UnaryOperator<LocalBackendConfig.Builder> settings, List<Path> plugins) {
        this.root = root;
        LocalBackendConfig config = settings.apply(LocalBackendConfig.builder()
                        .folders(new LocalFolders(root, root.resolve("cache"), root.resolve("secrets")))
                        .leaseFolder(root.resolve("leases"))
                        .closeGrace(Duration.ofSeconds(2))
                        .sampleInterval(Duration.ofSeconds(1)))
                .build();
        MLEngines.Builder builder = MLEngines.builder()
                .backend(LocalBackend.create(config))
                .usageSink(held -> usage.addAll(held.records()));
        plugins.forEach(builder::plugins);
        engine = builder.build();
        engine.listen(JobFilter.ALL, events::add);
    }

    /** An engine that shares nothing with others. */
    static RealEngine open(Path root) {
        return open(root, builder -> builder);
    }

    static RealEngine open(Path root, UnaryOperator<LocalBackendConfig.Builder> settings) {
        return new RealEngine(root, settings, List.of());
    }

    /** An engine that also loads the plugins of a folder. */
    static RealEngine withPlugins(Path root, Path plugins) {
        return new RealEngine(root, builder -> builder, List.of(plugins));
    }

    /** An engine that shares its Python environments, and nothing else, with others. */
    static RealEngine withCache(Path root, Path cache, UnaryOperator<LocalBackendConfig.Builder> settings) {
        return open(
                root,
                builder -> settings.apply(builder.folders(new LocalFolders(root, cache, root.resolve("secrets")))));
    }

    /** An engine that keeps what is expensive to make, such as Python environments, for the next test run. */
    static RealEngine withSharedCache(Path root) {
        LocalFolders own = LocalFolders.of(System.getenv(), Path.of(System.getProperty("user.home", "/")));
        return open(
                root,
                builder -> builder.folders(new LocalFolders(root, own.cache(), root.resolve("secrets")))
                        .leaseFolder(LocalBackendConfig.builder().build().leaseFolder())
                        .cpuMillis(Math.max(4_000, Runtime.getRuntime().availableProcessors() * 1000L)));
    }

    JobHandle submit(MLTrain train) {
        return engine.submit(train).join().orThrow();
    }

    /** Waits until the job, as last stored, is as wanted. On a new machine its environment must be made before that. */
    JobView await(JobHandle job, String what, Predicate<JobView> condition) {
        awaitTrue(
                PREPARATION,
                "started",
                () -> !COMING_UP.contains(job.view().phase()) || condition.test(job.view()),
                () -> story(job));
        awaitTrue(PATIENCE, what, () -> condition.test(job.view()), () -> story(job));
        return job.view();
    }

    static void awaitTrue(Duration patience, String what, BooleanSupplier condition) {
        awaitTrue(patience, what, condition, () -> "");
    }

    private static void awaitTrue(
            Duration patience, String what, BooleanSupplier condition, java.util.function.Supplier<String> otherwise) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("never true: " + what + "\n" + otherwise.get());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** Waits for the end of a job, however it ends. */
    JobResult end(JobHandle job) {
        try {
            return job.completion().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError("has not ended\n" + story(job), e);
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** All output of a job, in the order in which its lines came. */
    static List<String> lines(JobHandle job) {
        try (Stream<LogLine> lines = job.logs(LogQuery.ALL)) {
            return lines.map(LogLine::text).toList();
        }
    }

    /** What happened, for the message of a test that failed. */
    String story(JobHandle job) {
        return events.stream()
                        .filter(event -> event.job().equals(job.id()))
                        .map(event -> event.at() + " " + event.type() + " " + event.phase() + " " + event.text())
                        .collect(Collectors.joining("\n"))
                + "\nlast lines:\n"
                + lines(job).stream().skip(Math.max(0, lines(job).size() - 30)).collect(Collectors.joining("\n"));
    }

    /** The processes of the machine that belong to one start of a replica, found by the mark in their environment. */
    static List<ProcessHandle> processes(ReplicaId replica) {
        List<String> marks = List.of(
                "MLENGINE_JOB_ID=" + replica.attempt().job(),
                "MLENGINE_ATTEMPT=" + replica.attempt().number(),
                "MLENGINE_ROLE=" + replica.role(),
                "MLENGINE_REPLICA_INDEX=" + replica.index());
        return ProcessHandle.allProcesses()
                .filter(process -> runs(process) && environment(process).containsAll(marks))
                .toList();
    }

    /** The processes of the machine that belong to a job. */
    static List<ProcessHandle> processes(JobHandle job) {
        return ProcessHandle.allProcesses()
                .filter(process -> runs(process) && environment(process).contains("MLENGINE_JOB_ID=" + job.id()))
                .toList();
    }

    /** The number of a replica's first process, which is also that of its process group. */
    Optional<Long> leader(ReplicaId replica) {
        return processes(replica).stream()
                .filter(process -> statField(process, 5) == process.pid())
                .min(java.util.Comparator.comparing(ProcessHandle::pid))
                .map(ProcessHandle::pid);
    }

    /** Tells whether a process runs; one that has ended and waits for its parent to ask does not. */
    static boolean runs(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return "ZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) < 0;
        } catch (IOException gone) {
            return false;
        }
    }

    /** A field of {@code /proc/PID/stat} as proc(5) counts them; -1 when the process has gone. */
    private static long statField(ProcessHandle process, int field) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field - 3]);
        } catch (IOException gone) {
            return -1;
        }
    }

    private static List<String> environment(ProcessHandle process) {
        try {
            byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), "environ"));
            return List.of(new String(bytes, StandardCharsets.UTF_8).split("\0"));
        } catch (IOException goneOrNotOurs) {
            return List.of();
        }
    }

    /** Sends a signal to a whole process group. */
    static void signalGroup(String signal, long group) {
        try {
            int exit = new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " -" + group)
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new AssertionError("kill ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
