package io.mlengine.backend.k8s.resource;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import java.util.List;

/** What the engine may do in a cluster, and what users may do with its resources: no more than is used. */
public final class RbacManifests {
    /** Name of the service account, of the roles' bindings and of the webhook configurations. */
    public static final String NAME = Labels.MANAGER;

    /** Name of the Lease by which a leader is elected, in the engine's own namespace. */
    public static final String LEASE = "mlengine-operator";

    /** Name of the Secret with the webhooks' certificates, in the engine's own namespace. */
    public static final String CERTIFICATES = "mlengine-webhook-tls";

    private static final String API = "rbac.authorization.k8s.io";
    private static final String AGGREGATE = API + "/aggregate-to-";

    private RbacManifests() {}

    /**
     * The engine's account, its roles and their bindings.
     *
     * @param namespace the engine's own namespace
     * @return the objects
     */
    public static List<HasMetadata> engine(String namespace) {
        return List.of(
                account(namespace), clusterRole(), clusterBinding(namespace), role(namespace), binding(namespace));
    }

    /**
     * Roles for users; those who may view or edit a namespace get them by themselves.
     *
     * @return viewer and editor
     */
    public static List<ClusterRole> users() {
        ClusterRole viewer = new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(NAME + "-viewer")
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .addToLabels(AGGREGATE + "view", "true")
                .addToLabels(AGGREGATE + "edit", "true")
                .addToLabels(AGGREGATE + "admin", "true")
                .endMetadata()
                .withRules(rule(Labels.GROUP, List.of("mltrains", "mlqueues", "mlusages"), "get", "list", "watch"))
                .build();
        ClusterRole editor = new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(NAME + "-editor")
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .addToLabels(AGGREGATE + "edit", "true")
                .addToLabels(AGGREGATE + "admin", "true")
                .endMetadata()
                .withRules(
                        rule(
                                Labels.GROUP,
                                List.of("mltrains"),
                                "create",
                                "update",
                                "patch",
                                "delete",
                                "deletecollection"),
                        rule(Labels.GROUP, List.of("mltrains/scale"), "get", "update", "patch"),
                        defaultQueue())
                .build();
        return List.of(viewer, editor);
    }

    /** Who may make jobs may use the queue that jobs without one get; other queues are granted by name. */
    private static PolicyRule defaultQueue() {
        PolicyRule rule = rule(Labels.GROUP, List.of("mlqueues"), "use");
        rule.setResourceNames(List.of("default"));
        return rule;
    }

    private static ServiceAccount account(String namespace) {
        return new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(namespace)
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .endMetadata()
                .build();
    }

    private static ClusterRole clusterRole() {
        return new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(NAME)
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .endMetadata()
                .withRules(
                        rule(Labels.GROUP, List.of("mltrains"), "get", "list", "watch", "patch", "delete"),
                        rule(Labels.GROUP, List.of("mltrains/status"), "patch"),
                        // Owner references that block deletion need this where that admission plugin is on.
                        rule(Labels.GROUP, List.of("mltrains/finalizers"), "update"),
                        rule(Labels.GROUP, List.of("mlqueues"), "get", "list", "watch"),
                        rule(Labels.GROUP, List.of("mlqueues/status"), "patch"),
                        rule(Labels.GROUP, List.of("mlusages"), "get", "create"),
                        rule("", List.of("pods"), "get", "list", "watch", "create", "delete"),
                        rule("", List.of("configmaps", "services"), "get", "list", "create", "delete"),
                        rule("", List.of("pods/status"), "patch"),
                        rule("", List.of("pods/binding", "pods/eviction"), "create"),
                        rule("", List.of("pods/log"), "get"),
                        // Written and removed, never read: the engine must not be a way to other people's secrets.
                        rule("", List.of("secrets"), "create", "delete"),
                        rule("", List.of("nodes"), "list", "watch"),
                        // Whether claims of pods can be mounted, and on which nodes; a node may have to be chosen for
                        // one.
                        rule("", List.of("persistentvolumes"), "get"),
                        rule("", List.of("persistentvolumeclaims"), "get", "patch"),
                        rule("storage.k8s.io", List.of("storageclasses"), "get"),
                        rule("", List.of("events"), "create"),
                        // Jobs that are handed to Kubeflow, whose operator makes their pods; no statuses, no other
                        // kinds.
                        rule("kubeflow.org", kubeflow(), "get", "list", "watch", "create", "patch", "delete"),
                        rule("authorization.k8s.io", List.of("subjectaccessreviews"), "create"),
                        named(
                                NAME,
                                "admissionregistration.k8s.io",
                                List.of("validatingwebhookconfigurations", "mutatingwebhookconfigurations"),
                                // Outside the cluster it registers itself, and takes that back.
                                "get",
                                "create",
                                "patch",
                                "delete"))
                .build();
    }

    private static List<String> kubeflow() {
        return List.of("tfjobs", "pytorchjobs", "xgboostjobs", "mpijobs");
    }

    private static Role role(String namespace) {
        return new RoleBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(namespace)
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .endMetadata()
                // What is made has no name yet, so making cannot be tied to one.
                .withRules(
                        rule("coordination.k8s.io", List.of("leases"), "create"),
                        named(LEASE, "coordination.k8s.io", List.of("leases"), "get", "update"),
                        // The webhooks' certificates, shared by both replicas.
                        rule("", List.of("secrets"), "create"),
                        named(CERTIFICATES, "", List.of("secrets"), "get", "update"))
                .build();
    }

    private static ClusterRoleBinding clusterBinding(String namespace) {
        return new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(NAME)
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .endMetadata()
                .withNewRoleRef(API, "ClusterRole", NAME)
                .withSubjects(subject(namespace))
                .build();
    }

    private static RoleBinding binding(String namespace) {
        return new RoleBindingBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(namespace)
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .endMetadata()
                .withNewRoleRef(API, "Role", NAME)
                .withSubjects(subject(namespace))
                .build();
    }

    private static Subject subject(String namespace) {
        return new SubjectBuilder()
                .withKind("ServiceAccount")
                .withName(NAME)
                .withNamespace(namespace)
                .build();
    }

    private static PolicyRule named(String name, String group, List<String> resources, String... verbs) {
        return new PolicyRuleBuilder(rule(group, resources, verbs))
                .withResourceNames(name)
                .build();
    }

    private static PolicyRule rule(String group, List<String> resources, String... verbs) {
        return new PolicyRuleBuilder()
                .withApiGroups(group)
                .withResources(resources)
                .withVerbs(verbs)
                .build();
    }
}
