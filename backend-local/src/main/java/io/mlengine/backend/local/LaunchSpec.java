package io.mlengine.backend.local;

import io.mlengine.backend.local.prepare.Workspace;
import io.mlengine.backend.local.process.ControlGroup;
import io.mlengine.backend.local.process.ProcessTable;
import io.mlengine.backend.local.process.Spawner;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.Ready;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the plan of one replica into files, limits and a command for this machine. */
final class LaunchSpec {
    private static final Logger LOG = LoggerFactory.getLogger(LaunchSpec.class);
    private static final int READY_TIMEOUT_MILLIS = 200;

    private final ReplicaId id;
    private final ReplicaPlan plan;
    private final JobShape job;
    private final Duration stopGrace;
    private final LocalAttempt attempt;
    private final Services services;

    LaunchSpec(LaunchOrder order, LaunchOrder.Start start, LocalAttempt attempt, Services services) {
        this.id = start.id();
        this.plan = start.plan();
        this.job = order.job();
        this.stopGrace = order.stopGrace();
        this.attempt = attempt;
        this.services = services;
    }

    /** Everything that the process needs, made. */
    record Prepared(Spawner.Order order, ControlGroup group) {}

    Path folder() {
        return services.folders().replica(id);
    }

    private Path planFolder() {
        return folder().resolve("plan");
    }

    List<String> devices() {
        return attempt.devices(id.key());
    }

    long memoryBytes() {
        return resources().memoryBytes();
    }

    private Resources resources() {
        return job.role(id.role()).map(Role::resources).orElse(Resources.NONE);
    }

    /** The plan's own rules, and one for ports that strangers have taken. */
    List<LogRule> rules() {
        return Stream.concat(plan.logRules().stream(), Stream.of(ReplicaEnd.ADDRESS_IN_USE))
                .toList();
    }

    Prepared prepare(Workspace workspace, String uid) throws LaunchFailure {
        Path workingFolder = workingFolder(workspace);
        SortedMap<String, String> variables = services.environment()
                .of(new ReplicaEnvironment.Input(
                        id,
                        job,
                        plan,
                        workspace,
                        attempt.count(id.role()),
                        devices(),
                        attempt.allDevices(),
                        attempt.secret(),
                        services.folders().job(id.attempt().job()),
                        folder(),
                        stopGrace));
        variables.put(ProcessTable.MARK, uid);
        List<String> command = CommandLookup.resolve(command(), workingFolder, variables.getOrDefault("PATH", ""));
        ControlGroup group = ControlGroup.NONE;
        try {
            makeFolder();
            Files.createDirectories(services.liveFolder());
            Files.createSymbolicLink(services.liveFolder().resolve(uid), folder());
            group = services.groups()
                    .create(groupName(uid), memoryBytes(), resources().cpuMillis());
            return new Prepared(new Spawner.Order(folder(), workingFolder, command, variables, group.joins()), group);
        } catch (IOException e) {
            forget(uid);
            throw filesFailed(e);
        }
    }

    private List<String> command() {
        String planFolder = planFolder().toString();
        return plan.command().stream()
                .map(word -> word.replace(PlanFile.FOLDER, planFolder))
                .toList();
    }

    static String groupName(String uid) {
        return "mlengine-" + uid;
    }

    static LaunchFailure filesFailed(IOException e) {
        return String.valueOf(e.getMessage()).contains("No space left")
                ? LaunchFailure.infrastructure("DiskFull", "disk full: " + e.getMessage())
                : LaunchFailure.infrastructure("FilesFailed", "the replica's folder could not be made: " + e);
    }

    private Path workingFolder(Workspace workspace) throws LaunchFailure {
        Path code = workspace.codeFolder().toAbsolutePath();
        Path wanted = job.role(id.role())
                .flatMap(Role::workingDirectory)
                .map(code::resolve)
                .orElse(code);
        if (!Files.isDirectory(wanted)) {
            throw LaunchFailure.configuration(
                    "WorkingDirectoryMissing", "the working directory " + wanted + " does not exist");
        }
        return wanted;
    }

    private void makeFolder() throws IOException {
        Path planFolder = Files.createDirectories(planFolder());
        for (PlanFile file : plan.files()) {
            Path target = planFolder.resolve(file.path());
            Files.createDirectories(target.resolveSibling("."));
            Files.writeString(target, file.content());
            if (file.executable() && !target.toFile().setExecutable(true)) {
                throw new IOException("cannot make " + target + " executable");
            }
        }
    }

    /** Asks whether the replica has met its condition. */
    boolean isReady() {
        Ready ready = plan.ready();
        return switch (ready.kind()) {
            case STARTED -> true;
            case FILE -> Files.exists(planFolder().resolve(ready.argument()));
            case PORT -> isListening(attempt.port(id.key(), ready.argument()));
        };
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), READY_TIMEOUT_MILLIS);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Nothing of it is alive any more. */
    void forget(String uid) {
        try {
            Files.deleteIfExists(services.liveFolder().resolve(uid));
        } catch (IOException e) {
            LOG.warn("cannot remove the mark of a live replica replica={} cause={}", id, e.toString());
        }
    }
}
