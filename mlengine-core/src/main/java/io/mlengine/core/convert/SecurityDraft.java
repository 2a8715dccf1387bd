package io.mlengine.core.convert;

import io.mlengine.spi.model.PodOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whom a program runs as. A container's words go before its pod's. */
final class SecurityDraft {
    private static final List<String> PRIVILEGES = List.of(
            "capabilities",
            "privileged",
            "allowPrivilegeEscalation",
            "readOnlyRootFilesystem",
            "procMount",
            "seLinuxOptions",
            "seccompProfile",
            "appArmorProfile",
            "windowsOptions");
    private static final String WHY = "a replica has the privileges that the backend gives";

    /** What pods and containers both may say. */
    static final FieldTable<SecurityDraft> CONTAINER =
            common("container security context").dropped(PRIVILEGES, WHY, "").build();

    /** What pods may say. */
    static final FieldTable<SecurityDraft> POD = common("pod security context")
            .whole("fsGroup", "`pod.fsGroup` of the role", 0, (security, id) -> security.fsGroup = id)
            .dropped(
                    List.of("fsGroupChangePolicy", "supplementalGroups", "supplementalGroupsPolicy", "sysctls"),
                    WHY,
                    "")
            .dropped(List.of("seLinuxOptions", "seccompProfile", "appArmorProfile", "windowsOptions"), WHY, "")
            .build();

    private @Nullable Integer user;
    private @Nullable Integer group;
    private @Nullable Integer fsGroup;
    private @Nullable Boolean isNonRoot;

    private static FieldTable.Builder<SecurityDraft> common(String title) {
        return FieldTable.<SecurityDraft>named(title)
                .whole("runAsUser", "`pod.runAsUser` of the role", 0, (security, id) -> security.user = id)
                .whole("runAsGroup", "`pod.runAsGroup` of the role", 0, (security, id) -> security.group = id)
                .flag("runAsNonRoot", "`pod.runAsNonRoot` of the role", (security, flag) -> security.isNonRoot = flag);
    }

    void addTo(PodOptions.Builder pod) {
        if (user != null) {
            pod.runAsUser(user);
        }
        if (group != null) {
            pod.runAsGroup(group);
        }
        if (fsGroup != null) {
            pod.fsGroup(fsGroup);
        }
        if (isNonRoot != null) {
            pod.runAsNonRoot(isNonRoot);
        }
    }
}
