package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a pod takes of its node, as the cluster's own scheduler counts it: all containers together with the init
 * containers that keep running, or the largest init container with those that keep running before it, whichever is more;
 * and the overhead of its runtime.
 */
public final class PodRequests {
    private PodRequests() {}

    /**
     * Counts.
     *
     * @param pod the pod
     * @return resource to amount in its base unit (cores, bytes, pieces)
     */
    public static SortedMap<String, BigDecimal> of(Pod pod) {
        PodSpec spec = pod.getSpec();
        TreeMap<String, BigDecimal> lasting = new TreeMap<>();
        TreeMap<String, BigDecimal> peak = new TreeMap<>();
        for (Container container : spec.getInitContainers()) {
            Map<String, BigDecimal> requests = requests(container.getResources());
            if ("Always".equals(container.getRestartPolicy())) {
                merge(lasting, requests, BigDecimal::add);
                merge(peak, lasting, BigDecimal::max);
            } else {
                TreeMap<String, BigDecimal> during = new TreeMap<>(lasting);
                merge(during, requests, BigDecimal::add);
                merge(peak, during, BigDecimal::max);
            }
        }
        spec.getContainers().forEach(container -> merge(lasting, requests(container.getResources()), BigDecimal::add));
        merge(lasting, peak, BigDecimal::max);
        // A pod may ask as a whole; that counts instead.
        lasting.putAll(requests(spec.getResources()));
        merge(lasting, amounts(spec.getOverhead()), BigDecimal::add);
        return Collections.unmodifiableSortedMap(lasting);
    }

    /** A limit without a request is a request. */
    private static Map<String, BigDecimal> requests(@Nullable ResourceRequirements resources) {
        TreeMap<String, BigDecimal> requests = new TreeMap<>();
        if (resources != null) {
            requests.putAll(amounts(resources.getLimits()));
            requests.putAll(amounts(resources.getRequests()));
        }
        return requests;
    }

    static Map<String, BigDecimal> amounts(@Nullable Map<String, Quantity> quantities) {
        TreeMap<String, BigDecimal> amounts = new TreeMap<>();
        if (quantities != null) {
            quantities.forEach((name, quantity) -> amounts.put(name, quantity.getNumericalAmount()));
        }
        return amounts;
    }

    private static void merge(
            Map<String, BigDecimal> into, Map<String, BigDecimal> more, BinaryOperator<BigDecimal> how) {
        more.forEach((name, amount) -> into.merge(name, amount, how));
    }
}
