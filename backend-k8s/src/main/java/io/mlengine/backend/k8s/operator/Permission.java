package io.mlengine.backend.k8s.operator;

import io.mlengine.backend.k8s.resource.Labels;
import java.util.List;

/**
 * What the controller must be allowed to do with one kind of objects.
 *
 * @param scope where
 * @param need which of its parts needs it
 * @param group API group, empty for the core group
 * @param resource plural name, with the subresource after a slash
 * @param verbs what
 */
public record Permission(Scope scope, Need need, String group, String resource, List<String> verbs) {
    /** Where a permission must hold. */
    public enum Scope {
        /** In the whole cluster. */
        CLUSTER,
        /** In each namespace that is watched. */
        WATCHED,
        /** In the controller's own namespace. */
        OWN
    }

    /** Which part of the controller needs a permission. */
    public enum Need {
        /** Running jobs. */
        JOBS,
        /** The election of a leader. */
        ELECTION,
        /** The admission webhooks. */
        WEBHOOKS
    }

    private static final String CORE = "";
    private static final String ADMISSION = "admissionregistration.k8s.io";

    /** All that the controller does. */
    public static final List<Permission> ALL = List.of(
            jobs(Labels.GROUP, "mltrains", "get", "list", "watch", "update", "patch", "delete"),
            jobs(Labels.GROUP, "mltrains/status", "update", "patch"),
            jobs(Labels.GROUP, "mlusages", "get", "list", "create", "patch", "delete"),
            jobs(CORE, "pods", "get", "list", "watch", "create", "patch", "delete", "deletecollection"),
            jobs(CORE, "pods/binding", "create"),
            jobs(CORE, "pods/log", "get"),
            jobs(CORE, "pods/status", "patch"),
            jobs(CORE, "services", "get", "list", "create", "delete"),
            jobs(CORE, "secrets", "get", "list", "create", "delete", "deletecollection"),
            jobs(CORE, "configmaps", "get", "list", "create", "delete", "deletecollection"),
            jobs(CORE, "events", "create", "patch"),
            cluster(Need.JOBS, CORE, "nodes", "get", "list", "watch"),
            cluster(Need.JOBS, Labels.GROUP, "mlqueues", "get", "list", "watch"),
            cluster(Need.JOBS, Labels.GROUP, "mlqueues/status", "update", "patch"),
            cluster(Need.WEBHOOKS, ADMISSION, "validatingwebhookconfigurations", "get", "list", "watch", "patch"),
            cluster(Need.WEBHOOKS, ADMISSION, "mutatingwebhookconfigurations", "get", "list", "watch", "patch"),
            cluster(Need.WEBHOOKS, "authorization.k8s.io", "subjectaccessreviews", "create"),
            own(Need.WEBHOOKS, CORE, "secrets", "get", "create", "update"),
            own(Need.ELECTION, "coordination.k8s.io", "leases", "get", "create", "update"));

    /** Copies the verbs. */
    public Permission {
        verbs = List.copyOf(verbs);
    }

    private static Permission jobs(String group, String resource, String... verbs) {
        return new Permission(Scope.WATCHED, Need.JOBS, group, resource, List.of(verbs));
    }

    private static Permission cluster(Need need, String group, String resource, String... verbs) {
        return new Permission(Scope.CLUSTER, need, group, resource, List.of(verbs));
    }

    private static Permission own(Need need, String group, String resource, String... verbs) {
        return new Permission(Scope.OWN, need, group, resource, List.of(verbs));
    }

    /** The resource with its group, as kubectl writes it. */
    String qualifiedResource() {
        return group.isEmpty() ? resource : resource + "." + group;
    }
}
