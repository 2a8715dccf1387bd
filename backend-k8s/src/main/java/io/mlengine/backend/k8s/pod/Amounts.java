package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;

/** Amounts in the form in which an API server writes them. */
final class Amounts {
    private static final List<String> BINARY = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi");
    private static final List<String> DECIMAL = List.of("", "k", "M", "G", "T", "P");

    private Amounts() {}

    static Quantity cpu(long millis) {
        return millis % 1000 == 0 ? count(millis / 1000) : new Quantity(Long.toString(millis), "m");
    }

    static Quantity bytes(long bytes) {
        return bytes % 1024 == 0 ? quantity(bytes, 1024, BINARY) : count(bytes);
    }

    static Quantity count(long count) {
        return quantity(count, 1000, DECIMAL);
    }

    private static Quantity quantity(long amount, long base, List<String> units) {
        int unit = 0;
        long rest = amount;
        while (rest != 0 && rest % base == 0 && unit < units.size() - 1) {
            rest /= base;
            unit++;
        }
        return new Quantity(Long.toString(rest), units.get(unit));
    }
}
