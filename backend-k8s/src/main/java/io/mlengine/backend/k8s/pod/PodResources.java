package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.mlengine.spi.model.Resources;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a container asks for. Memory and devices are both request and limit, as they cannot be given back. CPU time is a
 * request only: a limit would throttle a program that could use what nobody else wants, and the job's document has no
 * word to ask for one.
 */
final class PodResources {
    static final String GPU = "nvidia.com/gpu";
    static final String MIG_PREFIX = "nvidia.com/mig-";
    static final String CPU = "cpu";
    static final String MEMORY = "memory";

    private PodResources() {}

    /** What the main container asks for. */
    static ResourceRequirements of(Resources resources) {
        Map<String, Quantity> limits = limits(resources);
        resources
                .gpus()
                .ifPresent(gpus -> limits.put(
                        gpus.migProfile().map(PodResources::migResource).orElse(GPU), Amounts.count(gpus.count())));
        resources.extended().forEach((name, count) -> limits.put(name, Amounts.count(count)));
        return requirements(resources, limits);
    }

    /** The same without devices: init containers run before the main one, so this costs nothing more. */
    static ResourceRequirements withoutDevices(Resources resources) {
        return requirements(resources, limits(resources));
    }

    /**
     * What a side-car asks for: nothing, for the engine has placed the replica by what the role asks for, and a node
     * counts side-cars besides. It may take what is left over.
     */
    static ResourceRequirements leftOver() {
        return new ResourceRequirementsBuilder()
                .withRequests(Map.of(CPU, new Quantity("0"), MEMORY, new Quantity("0")))
                .withLimits(Map.of(CPU, new Quantity("1"), MEMORY, new Quantity("512Mi")))
                .build();
    }

    /** The name under which a node offers instances of a profile; {@code +} is no letter of such names. */
    static String migResource(String profile) {
        return MIG_PREFIX + profile.replace('+', '.');
    }

    private static Map<String, Quantity> limits(Resources resources) {
        Map<String, Quantity> limits = new TreeMap<>();
        if (resources.memoryBytes() > 0) {
            limits.put(MEMORY, Amounts.bytes(resources.memoryBytes()));
        }
        return limits;
    }

    private static ResourceRequirements requirements(Resources resources, Map<String, Quantity> limits) {
        Map<String, Quantity> requests = new TreeMap<>(limits);
        if (resources.cpuMillis() > 0) {
            requests.put(CPU, Amounts.cpu(resources.cpuMillis()));
        }
        return new ResourceRequirementsBuilder()
                .withLimits(limits)
                .withRequests(requests)
                .build();
    }
}
