package io.mlengine.backend.k8s.resource;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mlengine.core.api.QueueView;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.queue.QueueFigures;
import io.mlengine.core.queue.QueueTree;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Leads from {@code MLQueue} objects to the queues of the engine, and back. */
public final class MLQueues {
    private MLQueues() {}

    /**
     * The queue of an object.
     *
     * @param resource an object as the API server gives it
     * @return the queue
     * @throws IllegalArgumentException when a limit has no readable amount, which the server's schema refuses
     */
    public static QueueConfig config(MLQueueResource resource) {
        QueueConfig.Builder queue = QueueConfig.named(resource.getMetadata().getName());
        MLQueueSpec spec = resource.getSpec();
        if (spec == null) {
            return queue.build();
        }
        queue.parent(Optional.ofNullable(spec.parent())).stopped(Boolean.TRUE.equals(spec.stopped()));
        ifThere(spec.gpus(), queue::gpus);
        ifThere(spec.jobs(), queue::jobs);
        ifThere(spec.maxPriority(), queue::maxPriority);
        ifThere(spec.cpu(), text -> queue.cpuMillis(Amounts.millis(text)));
        ifThere(spec.memory(), text -> queue.memoryBytes(Amounts.bytes(text)));
        return queue.build();
    }

    /**
     * The queue of an object, if it can be read.
     *
     * @param resource an object as the API server gives it
     * @return the queue, or empty when a limit has no readable amount
     */
    public static Optional<QueueConfig> read(MLQueueResource resource) {
        try {
            return Optional.of(config(resource));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Makes the object of a queue.
     *
     * @param queue the queue
     * @return an object to be created
     */
    public static MLQueueResource resource(QueueConfig queue) {
        MLQueueSpec.Builder spec = MLQueueSpec.builder()
                .parent(queue.parent().orElse(null))
                .stopped(queue.stopped() ? Boolean.TRUE : null);
        queue.gpus().ifPresent(spec::gpus);
        queue.jobs().ifPresent(spec::jobs);
        queue.maxPriority().ifPresent(spec::maxPriority);
        queue.cpuMillis().ifPresent(millis -> spec.cpu(Amounts.cores(millis)));
        queue.memoryBytes().ifPresent(bytes -> spec.memory(Amounts.size(bytes)));
        MLQueueResource resource = new MLQueueResource();
        resource.setMetadata(new ObjectMetaBuilder().withName(queue.name()).build());
        resource.setSpec(spec.build());
        return resource;
    }

    /**
     * The queues of objects, without those that cannot be read.
     *
     * @param resources objects as the API server gives them
     * @return who is above whom
     */
    public static QueueTree tree(Collection<MLQueueResource> resources) {
        return QueueTree.of(
                resources.stream().flatMap(one -> read(one).stream()).toList());
    }

    /**
     * The status of a queue.
     *
     * @param resource the queue's object as the API server gives it
     * @param figures what becomes of its jobs, and of those of the queues below it
     * @return the status, or empty when the queue cannot be read
     */
    public static Optional<MLQueueStatus> status(MLQueueResource resource, QueueFigures figures) {
        Long generation = resource.getMetadata().getGeneration();
        return read(resource).map(queue -> status(QueueView.of(queue, figures), generation == null ? 0 : generation));
    }

    /**
     * The status of a queue.
     *
     * @param view what its jobs hold
     * @param generation generation of the spec that the queue was read from
     * @return the status
     */
    public static MLQueueStatus status(QueueView view, long generation) {
        return MLQueueStatus.builder()
                .observedGeneration(generation)
                .running((long) view.running())
                .waiting((long) view.waiting())
                .gpus(view.gpus())
                .cpu(Amounts.cores(view.cpuMillis()))
                .memory(Amounts.size(view.memoryBytes()))
                .build();
    }

    private static <T> void ifThere(@Nullable T value, Consumer<T> use) {
        if (value != null) {
            use.accept(value);
        }
    }
}
