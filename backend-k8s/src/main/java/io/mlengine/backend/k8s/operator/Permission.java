package io.mlengine.backend.k8s.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.mlengine.backend.k8s.resource.RbacManifests;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the controller must be allowed to do with one kind of objects: one line of the roles that the manifest installs.
 *
 * @param scope where
 * @param need which of its parts needs it
 * @param group API group, empty for the core group
 * @param resource plural name, with the subresource after a slash
 * @param name the one object that is meant, empty for all
 * @param verbs what
 */
record Permission(Scope scope, Need need, String group, String resource, String name, List<String> verbs) {
    private static final Set<String> CLUSTER_WIDE = Set.of(
            "nodes",
            "mlqueues",
            "mlqueues/status",
            "persistentvolumes",
            "storageclasses",
            "subjectaccessreviews",
            "validatingwebhookconfigurations",
            "mutatingwebhookconfigurations");

    private static final Set<String> OF_WEBHOOKS =
            Set.of("validatingwebhookconfigurations", "mutatingwebhookconfigurations");

    /** Where a permission must hold. */
    enum Scope {
        /** In the whole cluster. */
        CLUSTER,
        /** In each namespace that is watched. */
        WATCHED,
        /** In the controller's own namespace. */
        OWN
    }

    /** Which part of the controller needs a permission. */
    enum Need {
        /** Running jobs. */
        JOBS,
        /** The election of a leader. */
        ELECTION,
        /** The admission webhooks. */
        WEBHOOKS
    }

    Permission {
        verbs = List.copyOf(verbs);
    }

    /** All that the roles of the manifest grant. */
    static List<Permission> all(String namespace) {
        List<Permission> permissions = new ArrayList<>();
        for (HasMetadata object : RbacManifests.engine(namespace)) {
            if (object instanceof ClusterRole role) {
                role.getRules().forEach(rule -> add(permissions, rule, false));
            } else if (object instanceof Role role) {
                role.getRules().forEach(rule -> add(permissions, rule, true));
            }
        }
        return permissions;
    }

    private static void add(List<Permission> permissions, PolicyRule rule, boolean isOwn) {
        List<String> names = Optional.ofNullable(rule.getResourceNames())
                .filter(some -> !some.isEmpty())
                .orElse(List.of(""));
        for (String group : rule.getApiGroups()) {
            for (String resource : rule.getResources()) {
                Scope scope = isOwn ? Scope.OWN : CLUSTER_WIDE.contains(resource) ? Scope.CLUSTER : Scope.WATCHED;
                for (String name : names) {
                    permissions.add(
                            new Permission(scope, need(resource, isOwn), group, resource, name, rule.getVerbs()));
                }
            }
        }
    }

    private static Need need(String resource, boolean isOwn) {
        if (resource.equals("leases")) {
            return Need.ELECTION;
        }
        boolean isCertificate = isOwn && resource.equals("secrets");
        return isCertificate || OF_WEBHOOKS.contains(resource) ? Need.WEBHOOKS : Need.JOBS;
    }

    /** The resource with its group, as kubectl writes it. */
    String qualifiedResource() {
        return group.isEmpty() ? resource : resource + "." + group;
    }
}
