package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Ports of nodes that pods ask for, as resources of which each node has one. Addresses are not told apart: two pods with
 * the same port on different addresses of one node are kept apart, though they could do.
 */
public final class HostPorts {
    private static final String PREFIX = "hostPort/";
    private static final String DEFAULT_PROTOCOL = "TCP";

    private HostPorts() {}

    /**
     * Names the ports of a pod.
     *
     * @param pod the pod
     * @return names of resources such as {@code hostPort/TCP/80}
     */
    public static SortedSet<String> of(Pod pod) {
        SortedSet<String> names = new TreeSet<>();
        Stream<Container> lasting = pod.getSpec().getInitContainers().stream()
                .filter(container -> "Always".equals(container.getRestartPolicy()));
        Stream.concat(pod.getSpec().getContainers().stream(), lasting)
                .flatMap(container -> asked(container).stream())
                .forEach(port -> names.add(PREFIX + protocol(port) + "/" + port.getHostPort()));
        return names;
    }

    /**
     * The ports of a container that are ports of its node.
     *
     * @param container the container
     * @return those with a number of the node
     */
    public static List<ContainerPort> asked(Container container) {
        return container.getPorts().stream()
                .filter(port -> port.getHostPort() != null && port.getHostPort() > 0)
                .toList();
    }

    private static String protocol(ContainerPort port) {
        return port.getProtocol() == null ? DEFAULT_PROTOCOL : port.getProtocol();
    }
}
