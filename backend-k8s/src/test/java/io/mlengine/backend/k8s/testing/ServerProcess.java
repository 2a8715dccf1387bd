package io.mlengine.backend.k8s.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server as a process in a session of its own, which ends with this JVM, however that ends. */
public final class ServerProcess {
    // The pipe to standard input is closed when this JVM ends, even by a KILL, and when the server has ended. The
    // server takes the shell's place, so it has the number that the reader of the pipe knows.
    private static final String GUARDED =
            "exec 3<&0; { read -r line <&3; kill -KILL $$; } 2>/dev/null & exec \"$@\" 3<&- </dev/null";

    private static final int LINES_OF_LOG = 15;

    private final List<String> command;
    private final Path log;
    private final Process process;

    private ServerProcess(List<String> command, Path log, Process process) {
        this.command = command;
        this.log = log;
        this.process = process;
    }

    /** Starts a server whose output is appended to a file. */
    public static ServerProcess start(List<String> command, Path folder, Path log) {
        List<String> guarded = new ArrayList<>(List.of("setsid", "sh", "-c", GUARDED, "sh"));
        guarded.addAll(command);
        try {
            Process process = new ProcessBuilder(guarded)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            return new ServerProcess(command, log, process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Throws with the end of the log if the server has ended. */
    void checkAlive() {
        if (!isAlive()) {
            throw new IllegalStateException(
                    "ended with exit code " + process.exitValue() + ": " + command.get(0) + "\n" + endOfLog());
        }
    }

    /** Asks the server to end, kills it if it does not within the grace, and returns when it has ended. */
    public void stop(Duration grace) {
        // Not Process.destroy(): that closes the pipe, which kills at once.
        process.toHandle().destroy();
        try {
            if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                process.toHandle().destroyForcibly();
                process.waitFor();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends a signal, for example {@code STOP}. */
    void signal(String name) {
        try {
            int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (status != 0) {
                checkAlive();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String endOfLog() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_OF_LOG), lines.size()));
        } catch (IOException e) {
            return "its log cannot be read: " + e;
        }
    }
}
