package io.mlengine.core.internal.engine;

import io.mlengine.core.api.JobView;
import io.mlengine.core.api.NodeView;
import io.mlengine.core.api.QueueView;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.queue.QueueBook;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.queue.QueueFigures;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Who holds what, computed from the published views. */
final class ResourceViews {
    private ResourceViews() {}

    static List<NodeView> nodes(List<Node> nodes, List<JobView> jobs) {
        List<NodeView> views = new ArrayList<>();
        for (Node node : nodes) {
            SortedMap<String, JobId> holders = new TreeMap<>();
            long[] used = new long[2];
            for (JobView job : jobs) {
                eachHeld(job.record(), (slot, resources) -> {
                    if (slot.node().equals(node.name())) {
                        slot.devices().forEach(device -> holders.put(device, job.id()));
                        used[0] += resources.cpuMillis();
                        used[1] += resources.memoryBytes();
                    }
                });
            }
            views.add(new NodeView(node, Collections.unmodifiableSortedMap(holders), used[0], used[1]));
        }
        return views;
    }

    static List<QueueView> queues(List<QueueConfig> configured, List<JobView> jobs) {
        QueueBook book = new QueueBook();
        jobs.forEach(job -> book.put(job.record()));
        SortedMap<String, QueueConfig> queues = new TreeMap<>();
        configured.forEach(config -> queues.put(config.name(), config));
        jobs.stream()
                .filter(job -> !job.phase().isTerminal())
                .map(job -> job.record().train().queue())
                .forEach(name -> queues.computeIfAbsent(
                        name, unknown -> QueueConfig.named(unknown).build()));
        return queues.values().stream()
                .map(config -> QueueView.of(config, book.own().getOrDefault(config.name(), QueueFigures.NONE)))
                .toList();
    }

    private static void eachHeld(JobRecord record, BiConsumer<Placement.Slot, Resources> visit) {
        if (!record.phase().holdsResources()) {
            return;
        }
        record.attempt().filter(attempt -> attempt.endedAt().isEmpty()).ifPresent(attempt -> {
            for (Placement.Slot slot : attempt.placement().replicas()) {
                Resources resources = record.train().roles().stream()
                        .filter(role -> role.name().equals(slot.key().role()))
                        .findFirst()
                        .map(Role::resources)
                        .orElse(Resources.NONE);
                visit.accept(slot, resources);
            }
        });
    }
}
