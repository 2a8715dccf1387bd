package io.mlengine.core.queue;

import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** The configured queues and who is above whom. */
public final class QueueTree {
    private final SortedMap<String, QueueConfig> queues = new TreeMap<>();
    private final SortedMap<String, List<QueueConfig>> paths = new TreeMap<>();

    private QueueTree() {}

    /**
     * Links queues. Never fails: of two queues with one name the first counts, and a chain of parents ends where it
     * would leave the tree or come back; {@link #problems} tells about both.
     *
     * @param queues the queues
     * @return the tree
     */
    public static QueueTree of(Collection<QueueConfig> queues) {
        QueueTree tree = new QueueTree();
        for (QueueConfig queue : queues) {
            tree.queues.putIfAbsent(queue.name(), queue);
        }
        for (QueueConfig queue : tree.queues.values()) {
            tree.paths.put(queue.name(), tree.climb(queue));
        }
        return tree;
    }

    private List<QueueConfig> climb(QueueConfig from) {
        List<QueueConfig> path = new ArrayList<>();
        Optional<QueueConfig> next = Optional.of(from);
        while (next.isPresent() && !path.contains(next.get())) {
            path.add(next.get());
            next = next.get().parent().map(queues::get);
        }
        return List.copyOf(path);
    }

    /**
     * Tells whether jobs may name this queue.
     *
     * @param queue a queue's name
     * @return true when it is configured, or none is
     */
    public boolean allows(String queue) {
        return queues.isEmpty() || queues.containsKey(queue);
    }

    /**
     * The queue and those above it.
     *
     * @param queue a queue's name
     * @return from the queue to the top; empty when it is not configured
     */
    public List<QueueConfig> path(String queue) {
        List<QueueConfig> path = paths.get(queue);
        return path == null ? List.of() : path;
    }

    /**
     * Tells whether anything is limited for a queue.
     *
     * @param queue a queue's name
     * @return true when it or one above it has a limit
     */
    public boolean isLimited(String queue) {
        for (QueueConfig config : path(queue)) {
            for (QueueDimension dimension : QueueDimension.values()) {
                if (dimension.limit(config).isPresent()) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Everything that is wrong with a configuration.
     *
     * @param queues the queues
     * @return the violations, empty when it is sound
     */
    public static List<Violation> problems(List<QueueConfig> queues) {
        List<Violation> problems = new ArrayList<>();
        QueueTree tree = of(queues);
        for (int i = 0; i < queues.size(); i++) {
            QueueConfig queue = queues.get(i);
            String field = "queues[" + i + "]";
            if (tree.queues.get(queue.name()) != queue) {
                problems.add(violation(field + ".name", "two queues have one name", queue.name()));
            }
            String parent = queue.parent().orElse("");
            if (!parent.isEmpty() && !tree.queues.containsKey(parent)) {
                problems.add(violation(field + ".parent", "there is no such queue", parent));
            }
            List<QueueConfig> path = tree.path(queue.name());
            String end = path.get(path.size() - 1).parent().orElse("");
            if (tree.queues.containsKey(end)) {
                problems.add(violation(field + ".parent", "the chain of parents never ends", parent));
            }
            if (queue.maxPriority().isPresent() && queue.maxPriority().getAsInt() < 0) {
                String found = Integer.toString(queue.maxPriority().getAsInt());
                problems.add(violation(field + ".maxPriority", "the highest priority is not negative", found));
            }
            for (QueueDimension dimension : QueueDimension.values()) {
                OptionalLong limit = dimension.limit(queue);
                if (limit.isPresent() && limit.getAsLong() < 0) {
                    problems.add(violation(
                            field + "." + dimension.text(), "a limit is not negative", "" + limit.getAsLong()));
                }
            }
        }
        return problems;
    }

    private static Violation violation(String path, String message, String found) {
        return new Violation(path, "ML-430", message, found, "");
    }
}
