package io.mlengine.plugins;

import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.EnvValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A replica in a process of its own, started as a backend starts it: with the plan's command, variables and files. */
public final class PlannedProcess implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    private final Process process;
    private final BufferedReader output;

    private PlannedProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts it with its files in this folder. */
    public static PlannedProcess start(ReplicaPlan plan, Path folder) throws IOException {
        for (PlanFile file : plan.files()) {
            Files.writeString(folder.resolve(file.path()), file.content());
        }
        ProcessBuilder builder = new ProcessBuilder(plan.command().stream()
                        .map(word -> word.replace(PlanFile.FOLDER, folder.toString()))
                        .toList())
                .redirectErrorStream(true);
        plan.env()
                .forEach((name, value) -> builder.environment()
                        .put(name, ((EnvValue.Literal) value).value().replace(PlanFile.FOLDER, folder.toString())));
        return new PlannedProcess(builder.start());
    }

    /** A port that nobody listens on. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError("no port is free", e);
        }
    }

    /** Reads its output up to this line, and returns what stood before it. */
    public List<String> awaitLine(String line) throws IOException {
        List<String> before = new ArrayList<>();
        for (String next = output.readLine(); next != null; next = output.readLine()) {
            if (next.equals(line)) {
                return before;
            }
            before.add(next);
        }
        throw new AssertionError("it ended without saying: " + line + "\n" + String.join("\n", before));
    }

    /** Waits for a line of its output, whatever it says: its servers print one when they listen. */
    public void awaitFirstLine() throws IOException {
        if (output.readLine() == null) {
            throw new AssertionError("it ended without a word");
        }
    }

    /** Waits for its end. */
    public int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("it has not ended");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
