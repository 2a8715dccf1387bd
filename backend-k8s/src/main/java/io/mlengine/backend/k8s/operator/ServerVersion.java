package io.mlengine.backend.k8s.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.VersionInfo;

/** Reads the version of an API server; vendors write {@code 27+} where others write {@code 27}. */
final class ServerVersion {
    private ServerVersion() {}

    static int minor(KubernetesClient client) {
        return minor(client.getKubernetesVersion());
    }

    /** The minor version, 0 when the server does not say. */
    static int minor(VersionInfo version) {
        String digits = version.getMinor() == null ? "" : version.getMinor().replaceAll("\\D", "");
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }
}
