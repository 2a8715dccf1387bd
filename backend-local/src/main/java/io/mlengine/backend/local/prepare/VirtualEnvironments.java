package io.mlengine.backend.local.prepare;

import io.mlengine.backend.local.lease.MachineLock;
import io.mlengine.backend.local.tool.Tool;
import io.mlengine.backend.local.tool.ToolResult;
import io.mlengine.spi.model.PythonEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Makes virtual environments in the cache, one for each set of requirements and interpreter. They cannot be moved, so each
 * is made in its place under a lock, and a file written last says that it is whole.
 */
final class VirtualEnvironments {
    private static final Duration LIMIT = Duration.ofMinutes(60);
    private static final Pattern TOLD = Pattern.compile("\\s*(Collecting|Downloading|Using cached|Installing|Building"
            + "|Preparing|Processing|Successfully (built|installed)|Created wheel|Looking in indexes).*");
    private static final Pattern NO_NETWORK = Pattern.compile("newconnectionerror|failed to establish a new connection"
            + "|temporary failure in name resolution|name or service not known|network is unreachable|read timed out"
            + "|connecttimeout|connection (aborted|reset|refused|timed out)|could not fetch url|sslerror|proxyerror"
            + "|error: 5\\d\\d|too many requests|incomplete-download");

    private final Path folder;

    VirtualEnvironments(Path folder) {
        this.folder = folder;
    }

    /** Makes the environment, or finds it made; it stays as long as its use. */
    @SuppressWarnings("try") // the lock is held, not used
    PythonPlace make(PythonInterpreter base, PythonEnvironment wanted, Consumer<String> progress)
            throws PreparationException, IOException, InterruptedException {
        List<String> requirements = wanted.requirements().stream().sorted().toList();
        EnvironmentPlace place = new EnvironmentPlace(folder, name(base, wanted, requirements));
        Files.createDirectories(folder);
        try (MachineLock lock = MachineLock.acquire(
                place.lock(),
                LIMIT,
                waited -> progress.accept("python: waiting for somebody else who makes the same environment ("
                        + waited.toSeconds() + " s)"))) {
            if (!place.isComplete()) {
                build(base, wanted, place.folder(), progress);
                Files.writeString(place.mark(), String.join("\n", requirements) + "\n");
                EnvironmentSweep.hasten(folder);
            }
            Path bin = place.folder().resolve("bin");
            return new PythonPlace(bin, bin.resolve("python"), true, EnvironmentUses.begin(place));
        }
    }

    private static String name(PythonInterpreter base, PythonEnvironment wanted, List<String> requirements)
            throws IOException {
        List<String> parts = new ArrayList<>(List.of(
                String.join("\n", requirements),
                base.version(),
                base.executable().toRealPath().toString(),
                String.valueOf(wanted.systemSitePackages())));
        wanted.buildVariables().forEach((variable, value) -> parts.add(variable + "=" + value));
        return Digest.of(parts.toArray(String[]::new));
    }

    private void build(PythonInterpreter base, PythonEnvironment wanted, Path environment, Consumer<String> progress)
            throws PreparationException, IOException, InterruptedException {
        Trees.delete(environment);
        progress.accept("python: making an environment with " + base.executable() + " (" + base.version() + ") for "
                + Redaction.of().clean(String.join(", ", wanted.requirements())));
        List<String> make = new ArrayList<>(List.of(base.executable().toString(), "-m", "venv"));
        if (wanted.systemSitePackages()) {
            make.add("--system-site-packages");
        }
        make.add(environment.toString());
        run(make, environment, Duration.ofMinutes(5), "making the environment", Map.of(), progress);
        Path list = environment.resolve("requirements.txt");
        Files.write(list, wanted.requirements());
        // Below the environment, not in /tmp: wheels of several GB must fit, and a broken run leaves nothing behind.
        Path downloads = Files.createDirectories(environment.resolve("downloads"));
        List<String> install = new ArrayList<>(List.of(
                environment.resolve("bin/python").toString(),
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--no-input",
                "--progress-bar",
                "off",
                "--requirement",
                list.toString()));
        if (!wanted.buildVariables().isEmpty()) {
            // pip keeps what it has built and finds it again whatever the variables were.
            install.add("--no-cache-dir");
        }
        run(install, environment, LIMIT, "pip", wanted.buildVariables(), progress);
        Trees.delete(downloads);
    }

    private void run(
            List<String> command,
            Path environment,
            Duration limit,
            String what,
            Map<String, String> variables,
            Consumer<String> progress)
            throws PreparationException, IOException, InterruptedException {
        Redaction redaction = Redaction.of();
        long start = System.nanoTime();
        String[] doing = {what};
        Tool tool = Tool.of(command);
        variables.forEach(tool::with);
        ToolResult result = tool.limit(limit)
                .withErrors()
                .with("LC_ALL", "C.UTF-8")
                .with("PYTHONUNBUFFERED", "1")
                .with("TMPDIR", environment.resolve("downloads").toString())
                .without("PYTHONHOME")
                .without("PYTHONPATH")
                .without("PIP_TARGET")
                .without("PIP_USER")
                .onLine(line -> {
                    boolean isTold = TOLD.matcher(line).matches();
                    if (isTold) {
                        doing[0] = shorten(redaction.clean(line.strip()));
                        progress.accept("pip: " + doing[0]);
                    }
                    return isTold;
                })
                .whenSilent(() -> progress.accept(String.format(
                        Locale.ROOT,
                        "pip: %s (%d s, %.0f MB so far)",
                        doing[0],
                        (System.nanoTime() - start) / 1_000_000_000L,
                        Trees.bytes(environment) / 1e6)))
                .run();
        if (!result.isSuccess()) {
            throw failure(what, result, redaction, environment);
        }
    }

    private static String shorten(String line) {
        return line.length() <= 120 ? line : line.substring(0, 117) + "...";
    }

    private PreparationException failure(String what, ToolResult result, Redaction redaction, Path environment)
            throws IOException {
        String said = redaction.clean(result.tail(6));
        String lower = result.text().toLowerCase(Locale.ROOT);
        if (lower.contains("no space left on device")) {
            long free = Files.getFileStore(folder).getUsableSpace();
            return PreparationException.unlucky(
                    "DiskFull",
                    String.format(
                            Locale.ROOT,
                            "The disk became full while the Python environment was made: %.1f GB are free in %s. Maybe"
                                    + " free space there, or set XDG_CACHE_HOME to a larger disk.",
                            free / 1e9,
                            folder));
        }
        if (result.isTimedOut()) {
            return PreparationException.unlucky("EnvironmentTimedOut", what + " did not finish in time:\n" + said);
        }
        // Without a network pip ends with "no matching distribution" as well.
        if (NO_NETWORK.matcher(lower).find()) {
            return PreparationException.unlucky(
                    "PackageIndexUnreachable", "pip cannot reach its package index:\n" + said);
        }
        if (lower.contains("no matching distribution") || lower.contains("could not find a version")) {
            return PreparationException.wrong(
                    "RequirementUnknown",
                    "pip finds no package for a requirement:\n" + said
                            + "\nMaybe correct environment.python.requirements.");
        }
        return PreparationException.wrong("EnvironmentNotBuilt", what + " failed in " + environment + ":\n" + said);
    }
}
