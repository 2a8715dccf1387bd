package io.mlengine.backend.k8s.pod;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.Resources;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a pod of others takes of its node, in the engine's words. */
final class PodDemand {
    private PodDemand() {}

    /** The demand; empty when the engine has no words for it. */
    static Optional<Resources> of(Pod pod) {
        SortedMap<String, BigDecimal> requests = new TreeMap<>(PodRequests.of(pod));
        requests.values().removeIf(amount -> amount.signum() == 0);
        List<String> devices =
                requests.keySet().stream().filter(NodeDevices::isDevice).toList();
        if (devices.size() > 1) {
            return Optional.empty();
        }
        Resources.Builder demand = Resources.builder();
        requests.forEach((name, amount) -> {
            switch (name) {
                case PodResources.CPU -> demand.cpuMillis(whole(amount.movePointRight(3)));
                case PodResources.MEMORY -> demand.memoryBytes(whole(amount));
                default -> {
                    if (!NodeDevices.isDevice(name)) {
                        demand.putExtended(name, whole(amount));
                    }
                }
            }
        });
        HostPorts.of(pod).forEach(port -> demand.putExtended(port, 1));
        devices.forEach(name -> demand.gpus(gpus(name, whole(requireNonNull(requests.get(name))))));
        return Optional.of(demand.build());
    }

    private static GpuRequest gpus(String resource, long count) {
        GpuRequest.Builder request = GpuRequest.builder().count((int) Math.min(count, Integer.MAX_VALUE));
        if (!resource.equals(PodResources.GPU)) {
            request.migProfile(NodeDevices.profile(resource));
        }
        return request.build();
    }

    private static long whole(BigDecimal amount) {
        return amount.setScale(0, RoundingMode.CEILING)
                .min(BigDecimal.valueOf(Long.MAX_VALUE))
                .longValue();
    }
}
