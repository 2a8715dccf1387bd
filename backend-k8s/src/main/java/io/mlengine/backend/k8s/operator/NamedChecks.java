package io.mlengine.backend.k8s.operator;

import io.mlengine.core.api.Health;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Several checks as one health: {@code DOWN} as soon as one fails or throws. */
public final class NamedChecks implements Supplier<Health> {
    private final Map<String, BooleanSupplier> checks;

    /**
     * Checks by name.
     *
     * @param checks what to check; called by any thread, must not block
     */
    public NamedChecks(Map<String, BooleanSupplier> checks) {
        this.checks = new LinkedHashMap<>(checks);
    }

    @Override
    public Health get() {
        SortedMap<String, String> details = new TreeMap<>();
        checks.forEach((name, check) -> details.put(name, passes(check) ? "ok" : "failed"));
        boolean isDown = details.containsValue("failed");
        return new Health(isDown ? Health.Status.DOWN : Health.Status.UP, details);
    }

    private static boolean passes(BooleanSupplier check) {
        try {
            return check.getAsBoolean();
        } catch (RuntimeException e) {
            return false;
        }
    }
}
