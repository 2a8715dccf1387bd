package io.mlengine.backend.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mlengine.spi.model.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpawnerIT {
    @TempDir
    Path folder;

    private final List<Path> links = new ArrayList<>();

    private static final class Ending implements Spawner.Listener {
        final CompletableFuture<Long> started = new CompletableFuture<>();
        final CompletableFuture<ExitStatus> ended = new CompletableFuture<>();

        @Override
        public void started(long supervisor, long process) {
            started.complete(process);
        }

        @Override
        public void ended(ExitStatus status) {
            ended.complete(status);
        }

        @Override
        public void silenced() {
            ended.completeExceptionally(new IOException("silenced"));
        }

        ExitStatus status() throws Exception {
            return ended.get(20, TimeUnit.SECONDS);
        }
    }

    private Ending start(Spawner spawner, String name, String... command) throws IOException {
        return start(spawner, name, new TreeMap<>(), command);
    }

    private Ending start(Spawner spawner, String name, SortedMap<String, String> environment, String... command)
            throws IOException {
        Ending ending = new Ending();
        environment.putIfAbsent("PATH", "/usr/bin:/bin");
        Path own = Files.createDirectories(folder.resolve(name));
        spawner.start(new Spawner.Order(own, folder, List.of(command), environment, List.of()), ending);
        return ending;
    }

    @AfterEach
    void removeLinks() throws IOException {
        for (Path link : links) {
            Files.delete(link); // JUnit warns of links that lead out of its folder
        }
    }

    /** The shell under its name {@code sh}, as bash then behaves differently. */
    private String shell(String name) throws IOException {
        Path program = Path.of(System.getProperty("mlengine.test.shells", "/usr/bin"), name);
        assumeTrue(Files.isExecutable(program), name + " is not installed");
        Path link = folder.resolve("shells").resolve(name);
        Files.createDirectories(link);
        links.add(Files.createSymbolicLink(link.resolve("sh"), program));
        return link.resolve("sh").toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "busybox"})
    void exitCodesAndSignalsAreToldApart(String name) throws Exception {
        try (Spawner spawner = new Spawner(shell(name), folder.resolve("complaints"))) {
            List<Ending> bySignal = new ArrayList<>();
            List<Ending> byCode = new ArrayList<>();
            List<Integer> signals = List.of(1, 2, 3, 6, 8, 9, 11, 13, 14, 15);
            for (int signal : signals) {
                String kill = "ulimit -c 0; kill -" + signal + " $$";
                bySignal.add(start(spawner, "signal-" + signal, "/bin/sh", "-c", kill));
                byCode.add(start(spawner, "code-" + signal, "/bin/sh", "-c", "exit " + (128 + signal)));
            }
            for (int i = 0; i < signals.size(); i++) {
                int signal = signals.get(i);
                assertThat(bySignal.get(i).status()).isEqualTo(ExitStatus.ofSignal(signal));
                assertThat(byCode.get(i).status()).isEqualTo(ExitStatus.ofCode(128 + signal));
                assertThat(ExitReport.read(folder.resolve("signal-" + signal))).contains(ExitStatus.ofSignal(signal));
                assertThat(ExitReport.read(folder.resolve("code-" + signal))).contains(ExitStatus.ofCode(128 + signal));
            }
            assertThat(start(spawner, "zero", "/bin/true").status()).isEqualTo(ExitStatus.SUCCESS);
            assertThat(start(spawner, "three", "/bin/sh", "-c", "exit 3").status())
                    .isEqualTo(ExitStatus.ofCode(3));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash"})
    void aProcessLeadsItsSessionAndInheritsNothingOfTheEngine(String name) throws Exception {
        TreeMap<String, String> environment = new TreeMap<>();
        environment.put("GREETING", "it's\n\"two\" $lines `x` \\");
        String script = "grep SigIgn /proc/self/status; grep SigBlk /proc/self/status; ls /proc/self/fd | wc -l;"
                + " cut -d' ' -f1,5,6 /proc/$$/stat; readlink /proc/self/fd/0; env; echo oops >&2";
        try (Spawner spawner = new Spawner(shell(name), folder.resolve("complaints"))) {
            Ending ending = start(spawner, "look", environment, "/bin/sh", "-c", script);
            assertThat(ending.status()).isEqualTo(ExitStatus.SUCCESS);
            long pid = ending.started.get(1, TimeUnit.SECONDS);
            String out = Files.readString(folder.resolve("look/stdout.log"));
            assertThat(out)
                    .containsPattern("SigIgn:\t0{7}[01][08]0{7}") // at most those of the C library
                    .contains("SigBlk:\t0000000000000000")
                    .contains("\n4\n") // 0, 1, 2 and the folder that ls reads
                    .contains(pid + " " + pid + " " + pid)
                    .contains("/dev/null")
                    .contains("GREETING=it's\n\"two\" $lines `x` \\");
            assertThat(out).doesNotContain("LC_ALL").doesNotContain("HOME=");
            assertThat(Files.readString(folder.resolve("look/stderr.log"))).isEqualTo("oops\n");
        }
    }

    @Test
    void aProgramWhoseNameHoldsAnEqualsSignRuns() throws Exception {
        Path program = Files.writeString(folder.resolve("a=b"), "#!/bin/sh\nexit 7\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        try (Spawner spawner = new Spawner("/bin/sh", folder.resolve("complaints"))) {
            assertThat(start(spawner, "equals", program.toString()).status()).isEqualTo(ExitStatus.ofCode(7));
        }
    }

    @Test
    void signalsToTheSupervisorDoNotEndTheWatch() throws Exception {
        try (Spawner spawner = new Spawner("/bin/sh", folder.resolve("complaints"))) {
            Ending ending = start(spawner, "watch", "/bin/sh", "-c", "sleep 1; exit 5");
            long pid = ending.started.get(20, TimeUnit.SECONDS);
            long supervisor = ProcessTable.find(pid).orElseThrow().parent();
            for (int signal : new int[] {1, 2, 15}) {
                assertThat(Signals.send(supervisor, signal)).isTrue();
            }
            assertThat(ending.status()).isEqualTo(ExitStatus.ofCode(5));
        }
    }
}
