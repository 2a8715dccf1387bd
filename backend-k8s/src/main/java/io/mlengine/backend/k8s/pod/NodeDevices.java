package io.mlengine.backend.k8s.pod;

import io.mlengine.spi.model.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A node's devices by number: the cluster tells how many there are, never which, so the ids are made up. What is known
 * of them stands in labels that NVIDIA's discovery writes.
 */
final class NodeDevices {
    private static final String UNKNOWN = "GPU";
    private static final long MIB = 1L << 20;

    private NodeDevices() {}

    static boolean isDevice(String resource) {
        return resource.equals(PodResources.GPU) || resource.startsWith(PodResources.MIG_PREFIX);
    }

    static List<Device> of(SortedMap<String, Long> free, Map<String, String> labels) {
        List<Device> devices = new ArrayList<>();
        free.forEach((resource, count) -> {
            if (isDevice(resource)) {
                String profile =
                        resource.equals(PodResources.GPU) ? "" : resource.substring(PodResources.MIG_PREFIX.length());
                for (int i = 0; i < count; i++) {
                    devices.add(device(resource, profile, i, devices.size(), labels));
                }
            }
        });
        return devices;
    }

    private static Device device(String resource, String profile, int number, int index, Map<String, String> labels) {
        String model = labels.getOrDefault(PodResources.GPU + ".product", UNKNOWN);
        Device.Builder device = Device.builder().index(index);
        if (profile.isEmpty()) {
            return device.id("gpu-" + number)
                    .model(model)
                    .memoryBytes(mebibytes(labels.get(PodResources.GPU + ".memory")))
                    .build();
        }
        return device.id("mig-" + profile + "-" + number)
                .model(labels.getOrDefault(resource + ".product", model))
                .memoryBytes(mebibytes(labels.get(resource + ".memory")))
                .migProfile(profile(resource))
                .build();
    }

    /** The profile that a resource is named after; names have a dot where profiles have a plus: 1g.10gb.me is 1g.10gb+me. */
    static String profile(String resource) {
        return resource.substring(PodResources.MIG_PREFIX.length()).replaceFirst("(gb)\\.", "$1+");
    }

    private static long mebibytes(@Nullable String label) {
        try {
            return label == null ? 0 : Math.multiplyExact(Long.parseLong(label), MIB);
        } catch (NumberFormatException | ArithmeticException e) {
            // A label is only somebody's word.
            return 0;
        }
    }
}
