package io.mlengine.cli.view;

import io.mlengine.core.job.JobRecord;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.Role;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Where a job is, in words. */
final class Places {
    private Places() {}

    /** For people: {@code 2 GPUs on gpu-07}; empty before it has a place. */
    static String of(JobRecord job) {
        return text(job, " on ", ", ");
    }

    /** For plain lines, without spaces: {@code gpu-07(2xGPU)}. */
    static String compact(JobRecord job) {
        return devices(job).entrySet().stream()
                .map(node ->
                        node.getKey() + (node.getValue() == 0 ? "" : "(" + node.getValue() + "x" + model(job) + ")"))
                .collect(Collectors.joining(","));
    }

    private static String text(JobRecord job, String on, String separator) {
        return devices(job).entrySet().stream()
                .map(node -> node.getValue() == 0
                        ? "on " + node.getKey()
                        : node.getValue() + "x " + model(job) + on + node.getKey())
                .collect(Collectors.joining(separator));
    }

    private static String model(JobRecord job) {
        return job.train().roles().stream()
                .map(Role::resources)
                .flatMap(resources -> resources.gpus().stream())
                .flatMap((GpuRequest gpus) -> gpus.migProfile().or(gpus::model).stream())
                .findFirst()
                .orElse("GPU");
    }

    private static Map<String, Integer> devices(JobRecord job) {
        Map<String, Integer> devices = new TreeMap<>();
        job.attempt().ifPresent(attempt -> {
            for (Placement.Slot slot : attempt.placement().replicas()) {
                devices.merge(slot.node(), slot.devices().size(), Integer::sum);
            }
        });
        return devices;
    }

    /** A replica's node and device, short enough for a column. */
    static String of(Placement.Slot slot) {
        return switch (slot.devices().size()) {
            case 0 -> slot.node();
            case 1 -> slot.node() + " " + shortened(slot.devices().get(0));
            default -> slot.node() + " " + slot.devices().size() + " GPUs";
        };
    }

    private static String shortened(String device) {
        return device.startsWith("GPU-") || device.startsWith("MIG-")
                ? device.substring(0, Math.min(device.length(), 8))
                : device;
    }
}
