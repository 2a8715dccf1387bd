package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;

/** Amounts in the form in which an API server writes them. */
final class Amounts {
    private static final List<String> BINARY = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi");

    private Amounts() {}

    static Quantity cpu(long millis) {
        return millis % 1000 == 0
                ? new Quantity(Long.toString(millis / 1000))
                : new Quantity(Long.toString(millis), "m");
    }

    static Quantity bytes(long bytes) {
        int unit = 0;
        long rest = bytes;
        while (rest != 0 && rest % 1024 == 0 && unit < BINARY.size() - 1) {
            rest /= 1024;
            unit++;
        }
        return new Quantity(Long.toString(rest), BINARY.get(unit));
    }

    static Quantity count(long count) {
        return new Quantity(Long.toString(count));
    }
}
