package io.mlengine.backend.k8s.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** The permission of all service accounts of a namespace to use a queue from there. */
record QueueGrant(KubernetesClient client, List<HasMetadata> objects) implements AutoCloseable {
    static QueueGrant toNamespace(KubernetesClient client, String namespace, String queue) {
        String name = namespace + "-uses-" + queue;
        List<HasMetadata> objects = List.of(
                new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("mlengine.io")
                        .withResources("mlqueues")
                        .withResourceNames(queue)
                        .withVerbs("use")
                        .endRule()
                        .build(),
                new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", name)
                        .addNewSubject()
                        .withApiGroup("rbac.authorization.k8s.io")
                        .withKind("Group")
                        .withName("system:serviceaccounts:" + namespace)
                        .endSubject()
                        .build());
        objects.forEach(object -> client.resource(object).create());
        return new QueueGrant(client, objects);
    }

    @Override
    public void close() {
        objects.forEach(object -> client.resource(object).delete());
    }
}
