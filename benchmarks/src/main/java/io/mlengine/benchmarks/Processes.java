package io.mlengine.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What processes of this user have taken, as the kernel says. */
final class Processes {
    private static final Set<String> API_SERVER = Set.of("kube-apiserver", "etcd");

    private Processes() {}

    /** The API server with its etcd, where this JVM has started them; else nothing. */
    static List<ProcessHandle> apiServer() {
        return ours(API_SERVER);
    }

    /** What this JVM has started from programs of these names. */
    static List<ProcessHandle> ours(Set<String> programs) {
        return ProcessHandle.current()
                .descendants()
                .filter(one -> programs.contains(program(one)))
                .toList();
    }

    private static String program(ProcessHandle process) {
        return process.info()
                .command()
                .map(path -> Path.of(path).getFileName().toString())
                .orElse("");
    }

    /** Seconds of CPU that they have taken so far, in user and kernel mode. */
    static double cpuSeconds(List<ProcessHandle> processes) {
        return processes.stream()
                .flatMap(one -> one.info().totalCpuDuration().stream())
                .mapToDouble(taken -> taken.toNanos() / 1e9)
                .sum();
    }

    /** The most memory that a process has had resident so far, in MB; 0 where the kernel does not tell. */
    static double peakMegabytes(ProcessHandle process) {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
