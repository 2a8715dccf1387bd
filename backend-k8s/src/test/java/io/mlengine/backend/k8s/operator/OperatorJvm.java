package io.mlengine.backend.k8s.operator;

import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.core.time.SystemClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A controller in a process of its own, which a test kills; it ends with the test. */
final class OperatorJvm implements AutoCloseable {
    private static final String STANDS_BY = "stands by";
    private static final String LEADS = "leads";

    private final Process process;
    private volatile boolean isUp;
    private volatile @Nullable Long leadsSince;

    private OperatorJvm(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "operator-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Runs a controller for one namespace, which also holds its lease, until its input ends. */
    public static void main(String[] arguments) throws IOException {
        String namespace = arguments[1];
        OperatorSettings settings = OperatorSettings.builder()
                .kubeconfig(Path.of(arguments[0]))
                .namespace(namespace)
                .leaseDuration(Duration.ofSeconds(2))
                .metricsPort(0)
                .build();
        ClusterAddress address = ClusterAddress.of(settings);
        SystemClock clock = new SystemClock();
        ClusterEngines engines = new ClusterEngines(
                address.config(),
                Set.of(namespace),
                PodConfig.DEFAULT,
                clock,
                builder -> builder.plugin(new PlainPlugin()),
                engine -> () -> System.out.println(STANDS_BY));
        OperatorProcess process = new OperatorProcess(
                settings,
                address,
                (token, leadership) -> {
                    RunningEngine engine = engines.start(token, leadership);
                    System.out.println(LEADS);
                    return engine;
                },
                new OperatorProcess.Checks(NamedChecks.NONE, NamedChecks.NONE),
                OperatorProcess.Metrics.NONE,
                clock);
        System.out.println(STANDS_BY);
        process.start();
        while (System.in.read() >= 0) {
            // Only the end of it matters.
        }
        Runtime.getRuntime().halt(0);
    }

    /** Starts a process; what it logs goes to where this JVM logs. */
    static OperatorJvm start(Path kubeconfig, String namespace) {
        try {
            return new OperatorJvm(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xshare:auto",
                            "-XX:TieredStopAtLevel=1",
                            "-Dslf4j.internal.verbosity=ERROR",
                            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                            "-cp",
                            System.getProperty("java.class.path"),
                            OperatorJvm.class.getName(),
                            kubeconfig.toString(),
                            namespace)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                leadsSince = line.equals(LEADS) ? System.nanoTime() : null;
                isUp = true;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it takes part in the election. */
    boolean isUp() {
        return isUp;
    }

    /** When its engine was started, by {@link System#nanoTime}; null while it stands by. */
    @Nullable
    Long leadsSince() {
        return leadsSince;
    }

    /** Kills it as the kernel does, without a chance to say anything. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
