package io.mlengine.backend.k8s.webhook;

import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.queue.QueueDimension;
import io.mlengine.core.queue.QueueTree;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What is wrong with one queue among the others, and what is only odd. Pure. */
final class QueueRules {
    private QueueRules() {}

    /** What the tree's rules say about this queue, at the fields of its object. */
    static List<Violation> violations(QueueConfig queue, List<QueueConfig> others) {
        List<QueueConfig> all = new ArrayList<>(others);
        all.add(queue);
        String path = "queues[" + others.size() + "]";
        return QueueTree.problems(all).stream()
                .filter(violation -> violation.path().startsWith(path + "."))
                .map(violation -> new Violation(
                        "spec" + violation.path().substring(path.length()),
                        violation.code(),
                        violation.message(),
                        violation.found(),
                        advice(violation)))
                .toList();
    }

    private static String advice(Violation violation) {
        return violation.advice().isEmpty() && violation.path().endsWith(".parent")
                ? "a parent must exist, and must not be below its own child"
                : violation.advice();
    }

    /** Limits that can never be reached, because a queue above has a lower one. */
    static List<String> warnings(QueueConfig queue, List<QueueConfig> others) {
        List<QueueConfig> all = new ArrayList<>(others);
        all.add(queue);
        QueueTree tree = QueueTree.of(all);
        List<String> warnings = new ArrayList<>();
        for (QueueConfig lower : all) {
            List<QueueConfig> path = tree.path(lower.name());
            for (QueueConfig upper : path.subList(1, path.size())) {
                if (lower == queue || upper == queue) {
                    unreachable(lower, upper).ifPresent(warnings::add);
                }
            }
        }
        return warnings;
    }

    private static Optional<String> unreachable(QueueConfig lower, QueueConfig upper) {
        for (QueueDimension dimension : QueueDimension.values()) {
            OptionalLong less = dimension.limit(lower);
            OptionalLong more = dimension.limit(upper);
            if (less.isPresent() && more.isPresent() && less.getAsLong() > more.getAsLong()) {
                return Optional.of("queue " + lower.name() + " may hold " + less.getAsLong() + " " + dimension.text()
                        + ", but queue " + upper.name() + " above it only " + more.getAsLong()
                        + ": the lower one counts");
            }
        }
        return Optional.empty();
    }
}
