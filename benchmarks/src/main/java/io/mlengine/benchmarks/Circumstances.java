package io.mlengine.benchmarks;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Under what circumstances something was measured. */
final class Circumstances {
    private Circumstances() {}

    /** When, on what machine, with what API server and what JVMs. */
    static Map<String, Object> of(KubernetesClient client) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("when", Instant.now().truncatedTo(ChronoUnit.MINUTES).toString());
        all.put(
                "machine",
                String.format(
                        Locale.ROOT,
                        "%d cores, load %.1f at the start",
                        Runtime.getRuntime().availableProcessors(),
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        all.put("API server", client.getKubernetesVersion().getGitVersion());
        all.put("Java", System.getProperty("java.vm.version") + " " + MeasuredJvm.options());
        return all;
    }
}
