package io.mlengine.backend.local.doctor;

import io.mlengine.backend.local.device.DeviceInventories;
import io.mlengine.backend.local.device.DeviceInventory;
import io.mlengine.backend.local.device.DeviceReport;
import io.mlengine.backend.local.device.DeviceSettings;
import io.mlengine.backend.local.lease.PortRange;
import io.mlengine.backend.local.prepare.LocalFolders;
import io.mlengine.backend.local.tool.Tool;
import io.mlengine.backend.local.tool.ToolResult;
import io.mlengine.spi.model.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Looks at everything that the local backend needs, all at once, and answers within two seconds. */
public final class Doctor {
    static final Duration LIMIT = Duration.ofMillis(1_800);

    private static final long LITTLE_SPACE = 5L << 30;
    private static final int FEW_FILES = 4096;
    private static final String TORCH =
            "import sys, importlib.metadata as m\nprint(sys.version.split()[0])\nprint(m.version('torch'))";

    private final LocalFolders folders;
    private final Path leases;
    private final DeviceSettings devices;
    private final Map<String, String> environment;

    /**
     * A doctor for one engine.
     *
     * @param folders its folders
     * @param leases the folder of leases
     * @param devices how it looks for devices
     * @param environment its variables
     */
    public Doctor(LocalFolders folders, Path leases, DeviceSettings devices, Map<String, String> environment) {
        this.folders = folders;
        this.leases = leases;
        this.devices = devices;
        this.environment = environment;
    }

    private interface Look {
        Check look() throws IOException, InterruptedException;
    }

    /** All checks, in a fixed order. */
    public List<Check> checks() {
        Map<String, Look> looks = new LinkedHashMap<>();
        looks.put("Java", Doctor::java);
        looks.put("Python", this::python);
        looks.put("git", this::git);
        looks.put("GPUs", this::gpus);
        looks.put("cgroup", () -> Cgroups.check(Path.of("/sys/fs/cgroup"), Path.of("/proc/self/cgroup")));
        looks.put("setsid", this::setsid);
        looks.put("ports", Doctor::ports);
        looks.put("leases", () -> folder("leases", leases, 0));
        looks.put("state folder", () -> folder("state folder", folders.state(), LITTLE_SPACE));
        looks.put("cache folder", () -> folder("cache folder", folders.cache(), LITTLE_SPACE));
        looks.put("open files", () -> openFiles(Path.of("/proc/self/limits")));
        ExecutorService executor = Executors.newFixedThreadPool(looks.size(), task -> {
            Thread thread = new Thread(task, "mlengine-doctor");
            thread.setDaemon(true);
            return thread;
        });
        try {
            long deadline = System.nanoTime() + LIMIT.toNanos();
            Map<String, CompletableFuture<Check>> futures = new LinkedHashMap<>();
            looks.forEach((name, look) ->
                    futures.put(name, CompletableFuture.supplyAsync(() -> safely(name, look), executor)));
            List<Check> checks = new ArrayList<>();
            futures.forEach((name, future) -> checks.add(await(name, future, deadline)));
            return checks;
        } finally {
            executor.shutdownNow();
        }
    }

    private static Check safely(String name, Look look) {
        try {
            return look.look();
        } catch (IOException | RuntimeException e) {
            return Check.warning(name, "could not be looked at: " + e, "Maybe this is no usual Linux.");
        } catch (InterruptedException e) {
            // Too late already: the answer was given without this check.
            Thread.currentThread().interrupt();
            return late(name);
        }
    }

    private static Check await(String name, CompletableFuture<Check> future, long deadline) {
        try {
            return future.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return late(name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return late(name);
        } catch (ExecutionException e) {
            return Check.warning(name, "could not be looked at: " + e.getCause(), "");
        }
    }

    private static Check late(String name) {
        return Check.warning(name, "no answer within " + LIMIT.toMillis() + " ms", "Maybe the machine is very busy.");
    }

    private static Check java() {
        return Check.ok("Java", Runtime.version() + " (" + System.getProperty("java.home") + ")");
    }

    private Check python() throws IOException, InterruptedException {
        Optional<Path> python = Optional.ofNullable(environment.get("MLENGINE_PYTHON"))
                .map(Path::of)
                .or(() -> Tool.find("python3", environment))
                .or(() -> Tool.find("python", environment));
        if (python.isEmpty()) {
            return Check.missing("Python", "none on the PATH", "Install python3, or set MLENGINE_PYTHON.");
        }
        ToolResult result =
                Tool.of(python.get().toString(), "-c", TORCH).limit(LIMIT).run();
        List<String> lines = result.lines();
        if (lines.isEmpty()) {
            return Check.missing("Python", python.get() + " does not run", "Correct MLENGINE_PYTHON or the PATH.");
        }
        return lines.size() > 1
                ? Check.ok("Python", lines.get(0) + " with torch " + lines.get(1) + " (" + python.get() + ")")
                : Check.warning(
                        "Python",
                        lines.get(0) + " without torch (" + python.get() + ")",
                        "Nothing to do for jobs with environment.python.requirements: they get torch by themselves.");
    }

    private Check git() throws IOException, InterruptedException {
        Optional<Path> git = Tool.find("git", environment);
        if (git.isEmpty()) {
            return Check.warning("git", "not on the PATH", "Install git to run jobs with code.git.");
        }
        ToolResult result =
                Tool.of(git.get().toString(), "--version").limit(LIMIT).run();
        return Check.ok("git", result.tail(1).replace("git version ", ""));
    }

    private Check gpus() {
        try (DeviceInventory inventory = DeviceInventories.detect(devices)) {
            List<Device> found = inventory.devices();
            DeviceReport report = inventory.report();
            if (found.isEmpty()) {
                return Check.warning(
                        "GPUs",
                        "none: " + report.sentence(),
                        "Jobs that ask for no GPU run on the CPU; --fake-gpus N tries out the rest.");
            }
            List<Device> unavailable = found.stream()
                    .filter(device -> device.availability() == Device.Availability.FOREIGN)
                    .toList();
            String text = found.size() + " " + found.get(0).model() + (found.size() == 1 ? "" : " and others") + ", "
                    + report.sentence();
            return unavailable.isEmpty()
                    ? Check.ok("GPUs", text)
                    : Check.warning(
                            "GPUs",
                            text,
                            unavailable.get(0).id() + " is "
                                    + unavailable.get(0).detail()
                                    + "; wait for it or let foreign processes be ignored.");
        }
    }

    private Check setsid() {
        return Tool.find("setsid", environment)
                .map(path -> Check.ok("setsid", path.toString()))
                .orElseGet(() -> Check.missing("setsid", "not on the PATH", "Install util-linux."));
    }

    private static Check ports() {
        PortRange range = PortRange.ofThisMachine();
        return range.equals(PortRange.DEFAULT)
                ? Check.ok("ports", range + " for jobs")
                : Check.warning(
                        "ports",
                        range + " for jobs, since outgoing connections use " + PortRange.DEFAULT,
                        "Maybe set net.ipv4.ip_local_port_range to 32768 60999.");
    }

    static Check folder(String name, Path folder, long wantedBytes) throws IOException {
        Path existing = folder.toAbsolutePath();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
            return Check.missing(
                    name, folder + " cannot be written", "Change its owner, or choose another folder for the engine.");
        }
        long free = Files.getFileStore(existing).getUsableSpace();
        String text = String.format(Locale.ROOT, "%s, %.1f GB free", folder, free / 1e9);
        return free < wantedBytes
                ? Check.warning(name, text, "Free some space: Python environments with torch take several GB.")
                : Check.ok(name, text);
    }

    static Check openFiles(Path limits) throws IOException {
        for (String line : Files.readAllLines(limits)) {
            if (line.startsWith("Max open files")) {
                String soft = line.substring("Max open files".length()).strip().split("\\s+")[0];
                boolean isEnough = soft.equals("unlimited") || Long.parseLong(soft) >= FEW_FILES;
                return isEnough
                        ? Check.ok("open files", soft)
                        : Check.warning("open files", soft, "Raise it before you run many replicas: ulimit -n 65536");
            }
        }
        return Check.warning("open files", "unknown", "");
    }
}
