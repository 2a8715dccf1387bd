package io.mlengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.build.testing.Machine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Interrupts real runs of real processes, with and without a terminal. */
@Timeout(180)
class InterruptIT {
    private static final long INT_BIT = 1 << (2 - 1);

    @TempDir
    Path folder;

    private Path document;
    private Path output;

    @BeforeEach
    void writeDocument() throws IOException {
        output = folder.resolve("output");
        // The mark tells the sleeping processes of this test from everybody else's.
        document = Files.writeString(folder.resolve("sleep.yaml"), """
                apiVersion: mlengine.io/v1
                kind: MLTrain
                metadata: {name: sleeper}
                spec:
                  framework: command
                  roles:
                    - {name: worker, replicas: 2, command: [sh, -c, "echo started; sleep 600; echo MARK"]}
                """.replace("MARK", folder.toString()));
    }

    private List<String> command(String terminal, String... words) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dmlengine.terminal=" + terminal,
                "-cp",
                System.getProperty("java.class.path"),
                "io.mlengine.cli.Main"));
        command.addAll(List.of(words));
        return command;
    }

    private ProcessBuilder prepared(List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment()
                .putAll(Map.of(
                        "MLENGINE_STORE", folder.resolve("state").toString(),
                        "XDG_CACHE_HOME", folder.resolve("cache").toString(),
                        "TERM", "xterm",
                        "LANG", "C.UTF-8",
                        "CI", ""));
        return builder;
    }

    private String seen() {
        try {
            return Files.exists(output) ? Files.readString(output) : "";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 600 && !condition.getAsBoolean(); i++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }

    private Stream<ProcessHandle> sleepers() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains("echo " + folder))
                        .isPresent());
    }

    private boolean sleepersLive() {
        return sleepers().findAny().isPresent();
    }

    private long supervisorsDone() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.endsWith("exit") && hasEnd(file)).count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean hasEnd(Path file) {
        try {
            return Files.readString(file).contains("end ");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void signal(Process process, String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Whether this process, and so what it starts, does not ignore INT. */
    private static boolean hearsInterrupts() throws IOException {
        String ignored = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> line.substring("SigIgn:".length()).strip())
                .findFirst()
                .orElse("0");
        return (Long.parseUnsignedLong(ignored, 16) & INT_BIT) == 0;
    }

    private Process startedWithoutTerminal() throws IOException, InterruptedException {
        Process process = prepared(command("000", "run", document.toString())).start();
        await("the job runs", () -> seen().contains(" running attempt=1"));
        assertThat(sleepersLive()).isTrue();
        return process;
    }

    @Test
    void withoutATerminalOneInterruptStopsTheJobAndItsProcesses() throws Exception {
        Machine.needs("an INT that is heard: what a shell starts in its background ignores it", hearsInterrupts());
        Process process = startedWithoutTerminal();

        signal(process, "INT");

        assertThat(process.waitFor()).isEqualTo(3);
        assertThat(seen()).contains("cancelled", "stopped by the user").doesNotContain("\u001b");
        await("no process is left", () -> !sleepersLive());
    }

    @Test
    void terminationStopsTheJobInOrderToo() throws Exception {
        Process process = startedWithoutTerminal();

        signal(process, "TERM");

        assertThat(process.waitFor()).isEqualTo(3);
        await("no process is left", () -> !sleepersLive());
    }

    @Test
    void anotherProcessCancelsTheJobThroughItsFolder() throws Exception {
        Process process = startedWithoutTerminal();
        TestHost host = new TestHost(folder);

        assertThat(host.run("list").output()).contains("RUNNING", "sleeper");
        assertThat(host.run("logs", "sleeper").output()).contains("started");
        TestHost.Result cancelled = host.run("cancel", "sleeper");

        assertThat(cancelled.code()).isZero();
        assertThat(process.waitFor()).isEqualTo(3);
        assertThat(host.run("list").output()).contains("CANCELLED");
        assertThat(host.run("cancel", "sleeper").code()).isEqualTo(7);
        assertThat(host.run("usage", "sleeper", "-o", "json").output()).contains("\"kind\":\"Usage\"");
    }

    @Test
    void jobsOfAKilledEngineAreToldAsLost() throws Exception {
        Process process = startedWithoutTerminal();
        process.destroyForcibly().waitFor();
        TestHost host = new TestHost(folder);

        assertThat(host.run("list").output()).contains("lost");
        TestHost.Result cancel = host.run("cancel", "sleeper");

        assertThat(cancel.code()).isEqualTo(6);
        assertThat(cancel.error()).contains("lost with its engine");
        // The supervisors outlive the engine too: their last words must be in the folder before it is deleted.
        sleepers().forEach(ProcessHandle::destroyForcibly);
        await("both supervisors have written how their process ended", () -> supervisorsDone() == 2);
    }

    @Test
    void onATerminalTheFirstCtrlCAsksAndTwoStopAtOnce() throws Exception {
        String line = String.join(" ", command("111", "run", document.toString()));
        Process process =
                prepared(List.of("script", "-qefc", line, "/dev/null")).start();
        OutputStream keys = process.getOutputStream();
        await("the job runs", () -> seen().contains("RUNNING"));

        press(keys, "\u0003");
        await("the question", () -> seen().contains("stop the job?"));
        press(keys, "c");
        await("it goes on", () -> seen().lastIndexOf("(asks)") > seen().lastIndexOf("stop the job?"));
        assertThat(sleepersLive()).isTrue();
        press(keys, "\u0003");
        press(keys, "\u0003");

        assertThat(process.waitFor()).isEqualTo(3);
        assertThat(seen()).contains("stopping: TERM was sent", "CANCELLED").endsWith("\n");
        await("no process is left", () -> !sleepersLive());
    }

    private static void press(OutputStream keys, String key) throws IOException {
        keys.write(key.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }
}
