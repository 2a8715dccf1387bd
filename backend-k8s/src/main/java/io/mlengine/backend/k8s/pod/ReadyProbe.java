package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.framework.Ready;
import java.util.Optional;

/**
 * How the node sees that a replica is ready. It is a startup probe, not a readiness probe: ready is what a replica
 * becomes once, and the node need not ask again. It may take as long as it takes; the engine has its own patience.
 */
final class ReadyProbe {
    private static final int EVERY_SECONDS = 1;

    private ReadyProbe() {}

    static Optional<Probe> of(Ready ready, Reservation.Endpoint endpoint) {
        return switch (ready.kind()) {
            case STARTED -> Optional.empty();
            case PORT ->
                Optional.of(probe().withNewTcpSocket()
                        .withNewPort(port(ready.argument(), endpoint))
                        .endTcpSocket()
                        .build());
            case FILE ->
                Optional.of(probe().withNewExec()
                        .withCommand(
                                "test", "-e", Expansion.literal(PodFolders.resolve(PodFolders.PLAN, ready.argument())))
                        .endExec()
                        .build());
        };
    }

    private static ProbeBuilder probe() {
        return new ProbeBuilder().withPeriodSeconds(EVERY_SECONDS).withFailureThreshold(Integer.MAX_VALUE);
    }

    private static Integer port(String name, Reservation.Endpoint endpoint) {
        Integer port = endpoint.ports().get(name);
        if (port == null) {
            throw new IllegalArgumentException(endpoint.key() + " has no port named " + name);
        }
        return port;
    }
}
