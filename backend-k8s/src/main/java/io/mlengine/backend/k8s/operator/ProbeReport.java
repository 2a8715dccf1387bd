package io.mlengine.backend.k8s.operator;

import io.mlengine.core.api.Health;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a probe is told.
 *
 * @param checks what is wrong by name, empty where nothing is
 * @param health what people want to know besides
 */
record ProbeReport(Map<String, String> checks, Health health) {
    /** A report of checks alone. */
    static ProbeReport of(NamedChecks checks) {
        return new ProbeReport(checks.troubles(), new Health(Health.Status.UP, new TreeMap<>()));
    }

    /** Whether all checks pass and nothing is down. */
    boolean passed() {
        return health.status() != Health.Status.DOWN && checks.values().stream().allMatch(String::isEmpty);
    }

    /** The form of Kubernetes' own components, with the health's word before and its details after the checks. */
    String text(String probe) {
        StringBuilder text = new StringBuilder();
        text.append(passed() ? health.status() : Health.Status.DOWN).append('\n');
        checks.forEach((name, trouble) -> text.append(trouble.isEmpty() ? "[+]" : "[-]")
                .append(name)
                .append(trouble.isEmpty() ? " ok" : " failed: " + oneLine(trouble))
                .append('\n'));
        health.details()
                .forEach((name, value) ->
                        text.append(name).append(": ").append(oneLine(value)).append('\n'));
        return text.append(probe)
                .append(passed() ? " check passed" : " check failed")
                .append('\n')
                .toString();
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\R", " ");
    }
}
