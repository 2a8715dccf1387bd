package io.mlengine.backend.k8s.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/** What tells this process from every other candidate, also from an earlier one on the same machine. */
public final class ProcessIdentity {
    private ProcessIdentity() {}

    /**
     * A new identity, {@code host_uuid}: the host, which is the pod's name in a cluster, is for people.
     *
     * @return the identity
     */
    public static String create() {
        return host() + "_" + UUID.randomUUID();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
