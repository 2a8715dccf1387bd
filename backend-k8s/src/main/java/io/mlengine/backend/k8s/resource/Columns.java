package io.mlengine.backend.k8s.resource;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinitionBuilder;
import java.util.List;

/** What {@code kubectl get} shows. */
final class Columns {
    static final List<CustomResourceColumnDefinition> OF_TRAINS = List.of(
            text("Queue", ".spec.queue"),
            text("Phase", ".status.phase"),
            number("GPUs", ".status.gpus"),
            text("Ready", ".status.ready"),
            text("Progress", ".status.progress.text"),
            text("ETA", ".status.progress.eta"),
            age(),
            wide(text("Framework", ".spec.framework")),
            wide(number("Attempt", ".status.attempt")),
            wide(text("Reason", ".status.reason")));

    static final List<CustomResourceColumnDefinition> OF_QUEUES = List.of(
            text("Parent", ".spec.parent"),
            number("Running", ".status.running"),
            number("Waiting", ".status.waiting"),
            number("GPUs", ".status.gpus"),
            number("GPU limit", ".spec.gpus"),
            new CustomResourceColumnDefinitionBuilder(text("Stopped", ".spec.stopped"))
                    .withType("boolean")
                    .build(),
            age(),
            wide(text("CPU", ".status.cpu")),
            wide(text("Memory", ".status.memory")));

    static final List<CustomResourceColumnDefinition> OF_USAGES = List.of(
            text("Job", ".spec.job"),
            number("Attempt", ".spec.attempt"),
            text("Queue", ".spec.queue"),
            text("User", ".spec.user"),
            text("Devices", ".spec.deviceModels"),
            number("GPU-seconds", ".spec.gpuSeconds"),
            text("Worth", ".spec.worth"),
            age(),
            wide(number("CPU-seconds", ".spec.cpuSeconds")),
            wide(text("Since", ".spec.since")),
            wide(text("Until", ".spec.until")));

    private Columns() {}

    private static CustomResourceColumnDefinition text(String name, String path) {
        return column(name, "string", path);
    }

    private static CustomResourceColumnDefinition number(String name, String path) {
        return column(name, "integer", path);
    }

    private static CustomResourceColumnDefinition age() {
        return column("Age", "date", ".metadata.creationTimestamp");
    }

    private static CustomResourceColumnDefinition column(String name, String type, String path) {
        return new CustomResourceColumnDefinitionBuilder()
                .withName(name)
                .withType(type)
                .withJsonPath(path)
                .build();
    }

    /** Only with {@code -o wide}. */
    private static CustomResourceColumnDefinition wide(CustomResourceColumnDefinition column) {
        return new CustomResourceColumnDefinitionBuilder(column).withPriority(1).build();
    }
}
