package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.mlengine.spi.model.PodOptions;

/**
 * What pods may do: nobody gains rights that they did not start with, and the runtime's own filter of system calls
 * applies. Who runs without root also runs without capabilities, as the cluster's strictest standard demands; root
 * keeps the runtime's, for without them it could not write to files of others.
 */
final class PodSecurity {
    private PodSecurity() {}

    static PodSecurityContext of(PodOptions options) {
        PodSecurityContextBuilder builder = new PodSecurityContextBuilder()
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile();
        options.runAsUser().ifPresent(builder::withRunAsUser);
        options.runAsGroup().ifPresent(builder::withRunAsGroup);
        options.runAsNonRoot().ifPresent(builder::withRunAsNonRoot);
        options.fsGroup()
                .ifPresent(group -> builder.withFsGroup(group)
                        // Else each start would walk through all files of a volume.
                        .withFsGroupChangePolicy("OnRootMismatch"));
        return builder.build();
    }

    static SecurityContext container(PodOptions options) {
        boolean isUser =
                options.runAsNonRoot().orElse(false) || options.runAsUser().orElse(0) > 0;
        return isUser
                ? unprivileged()
                : new SecurityContextBuilder()
                        .withAllowPrivilegeEscalation(false)
                        .build();
    }

    static SecurityContext unprivileged() {
        return new SecurityContextBuilder()
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .build();
    }
}
