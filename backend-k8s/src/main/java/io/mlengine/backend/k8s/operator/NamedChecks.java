package io.mlengine.backend.k8s.operator;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Several checks of a process, each with a name. Immutable. */
public final class NamedChecks {
    /** No checks. */
    public static final NamedChecks NONE = new NamedChecks(Map.of());

    private final Map<String, Supplier<String>> checks;

    /**
     * Checks by name.
     *
     * @param checks what is wrong, empty when nothing is; called by any thread, must not block
     */
    public NamedChecks(Map<String, Supplier<String>> checks) {
        this.checks = new LinkedHashMap<>(checks);
    }

    /**
     * One more check, after the others.
     *
     * @param name its name
     * @param check what is wrong, empty when nothing is; called by any thread, must not block
     * @return all of them
     */
    NamedChecks and(String name, Supplier<String> check) {
        Map<String, Supplier<String>> more = new LinkedHashMap<>(checks);
        more.put(name, check);
        return new NamedChecks(more);
    }

    /** What is wrong by name, in order; empty texts where nothing is. */
    Map<String, String> troubles() {
        Map<String, String> troubles = new LinkedHashMap<>();
        checks.forEach((name, check) -> troubles.put(name, trouble(check)));
        return Collections.unmodifiableMap(troubles);
    }

    private static String trouble(Supplier<String> check) {
        try {
            return check.get();
        } catch (RuntimeException e) {
            return "the check itself failed: " + e;
        }
    }
}
