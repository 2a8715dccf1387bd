package io.mlengine.backend.local.tool;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One call of a program: with a time limit, never longer than its caller's patience, and with nothing left running. */
public final class Tool {
    /** Lines of output that are kept. */
    public static final int LINES_KEPT = 50_000;

    private static final Duration SILENCE = Duration.ofSeconds(3);
    private static final Duration LINGER = Duration.ofMillis(250);
    private static final int LONGEST_LINE = 64 * 1024;

    private final List<String> command;
    private final Map<String, Optional<String>> environment = new TreeMap<>();
    private Duration limit = Duration.ofSeconds(10);
    private boolean errorsIncluded;
    private Predicate<String> listener = line -> true;

    @Nullable
    private Path folder;

    @Nullable
    private Runnable heartbeat;

    private Tool(List<String> command) {
        this.command = List.copyOf(command);
    }

    /** A call with these words; standard input is empty and errors are dropped unless asked for. */
    public static Tool of(String... command) {
        return new Tool(List.of(command));
    }

    /** A call with these words. */
    public static Tool of(List<String> command) {
        return new Tool(command);
    }

    /** Kills it after this time. */
    public Tool limit(Duration longest) {
        this.limit = longest;
        return this;
    }

    /** Runs it in this folder. */
    public Tool in(Path workingFolder) {
        this.folder = workingFolder;
        return this;
    }

    /** Sets a variable on top of this process's own. */
    public Tool with(String name, String value) {
        environment.put(name, Optional.of(value));
        return this;
    }

    /** Hides a variable of this process. */
    public Tool without(String name) {
        environment.put(name, Optional.empty());
        return this;
    }

    /** Reads its error stream together with its output. */
    public Tool withErrors() {
        this.errorsIncluded = true;
        return this;
    }

    /**
     * Hears each line as it comes, on the calling thread; a carriage return ends a line too.
     *
     * @param hearer says whether it passed the line on
     */
    public Tool onLine(Predicate<String> hearer) {
        this.listener = hearer;
        return this;
    }

    /** Runs this, on the calling thread, whenever no line has been passed on for three seconds. */
    public Tool whenSilent(Runnable speaker) {
        this.heartbeat = speaker;
        return this;
    }

    /**
     * Runs it to its end.
     *
     * @throws IOException when it cannot be started
     * @throws InterruptedException when the calling thread is interrupted; the program is killed first
     */
    public ToolResult run() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        if (folder != null) {
            builder.directory(folder.toFile());
        }
        environment.forEach((name, value) -> value.ifPresentOrElse(
                text -> builder.environment().put(name, text),
                () -> builder.environment().remove(name)));
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        if (errorsIncluded) {
            builder.redirectErrorStream(true);
        } else {
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        }
        Process process = builder.start();
        try {
            return await(process);
        } finally {
            kill(process);
        }
    }

    private ToolResult await(Process process) throws InterruptedException {
        BlockingQueue<Optional<String>> output = new LinkedBlockingQueue<>(10_000);
        Thread reader = new Thread(() -> read(process, output), "mlengine-tool-" + process.pid());
        reader.setDaemon(true);
        reader.start();
        long start = System.nanoTime();
        long lastWord = start;
        ArrayDeque<String> kept = new ArrayDeque<>();
        boolean timedOut = false;
        try {
            while (true) {
                long now = System.nanoTime();
                long left = limit.toNanos() - (now - start);
                if (left <= 0) {
                    timedOut = true;
                    break;
                }
                long untilSilence = Math.max(1, SILENCE.toNanos() - (now - lastWord));
                long patience = Math.min(Math.min(left, untilSilence), LINGER.toNanos());
                Optional<String> line = output.poll(patience, TimeUnit.NANOSECONDS);
                if (line == null && !process.isAlive() && output.isEmpty()) {
                    // Something it left behind, such as ssh's shared connection, still holds its output open.
                    break;
                }
                if (line != null && line.isEmpty()) {
                    break;
                }
                if (line != null) {
                    kept.add(line.get());
                    if (kept.size() > LINES_KEPT) {
                        kept.remove();
                    }
                    if (listener.test(line.get())) {
                        lastWord = System.nanoTime();
                    }
                }
                if (System.nanoTime() - lastWord >= SILENCE.toNanos()) {
                    lastWord = System.nanoTime();
                    if (heartbeat != null) {
                        heartbeat.run();
                    }
                }
            }
            if (!timedOut) {
                // Output can end before the program does.
                long left = limit.toNanos() - (System.nanoTime() - start);
                timedOut = !process.waitFor(Math.max(left, 0), TimeUnit.NANOSECONDS);
            }
        } finally {
            kill(process);
            reader.interrupt();
        }
        return new ToolResult(process.waitFor(), timedOut, new ArrayList<>(kept));
    }

    private static void read(Process process, BlockingQueue<Optional<String>> output) {
        try {
            try (Reader reader = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
                StringBuilder line = new StringBuilder();
                char[] block = new char[8192];
                int count;
                while ((count = reader.read(block)) >= 0) {
                    for (int i = 0; i < count; i++) {
                        if (block[i] == '\n' || block[i] == '\r') {
                            if (!line.isEmpty()) {
                                output.put(Optional.of(line.toString()));
                                line.setLength(0);
                            }
                        } else if (line.length() < LONGEST_LINE) {
                            line.append(block[i]);
                        }
                    }
                }
                if (!line.isEmpty()) {
                    output.put(Optional.of(line.toString()));
                }
            } catch (IOException e) {
                // The stream is closed under us when the program is killed; what came before is all there is.
                output.put(Optional.of("(output ended: " + e.getMessage() + ")"));
            }
            output.put(Optional.empty());
        } catch (InterruptedException e) {
            // Nobody listens any more: the caller has its answer, and this thread has nothing else to do.
            Thread.currentThread().interrupt();
        }
    }

    private static void kill(Process process) {
        if (process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** Finds a program the way a shell does. */
    public static Optional<Path> find(String program, Map<String, String> environment) {
        for (String entry : environment.getOrDefault("PATH", "/usr/bin:/bin").split(":")) {
            Path candidate = Path.of(entry.isEmpty() ? "." : entry, program).toAbsolutePath();
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
