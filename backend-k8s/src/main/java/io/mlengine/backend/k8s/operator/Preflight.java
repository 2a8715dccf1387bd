package io.mlengine.backend.k8s.operator;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.VersionInfo;
import io.mlengine.backend.k8s.resource.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Looks whether a cluster has what a controller needs, and changes nothing. */
public final class Preflight {
    private static final int OLDEST_MINOR = 20;
    private static final List<String> OWN_KINDS = List.of("mltrains", "mlqueues", "mlusages");

    private final KubernetesClient client;
    private final AccessQuestions access;
    private final List<Permission> permissions;

    /**
     * A look at one cluster.
     *
     * @param client a client with the controller's own credentials
     * @param namespace the controller's own namespace
     * @param settings which namespaces it watches, and which parts of it will run
     */
    public Preflight(KubernetesClient client, String namespace, OperatorSettings settings) {
        this.client = client;
        this.access = new AccessQuestions(client, namespace, settings.watchNamespaces());
        this.permissions = Permission.all(namespace).stream()
                .filter(permission -> isNeeded(permission, settings))
                .toList();
    }

    private static boolean isNeeded(Permission permission, OperatorSettings settings) {
        return switch (permission.need()) {
            case JOBS -> true;
            case ELECTION -> settings.electsLeader();
            case WEBHOOKS -> settings.servesWebhooks();
        };
    }

    /**
     * Looks. Blocks for as long as the API server takes.
     *
     * @return every check that could be made: only the first one when the API server gives no answer
     */
    public List<ClusterCheck> checks() {
        List<ClusterCheck> checks = new ArrayList<>();
        ClusterCheck server = server();
        checks.add(server);
        if (server.passed()) {
            checks.add(kinds());
            checks.addAll(access());
        }
        return checks;
    }

    private ClusterCheck server() {
        String url = client.getConfiguration().getMasterUrl();
        try {
            VersionInfo version = client.getKubernetesVersion();
            int minor = ServerVersion.minor(version);
            String found = "Kubernetes " + version.getGitVersion() + " at " + url;
            boolean isOld = "1".equals(version.getMajor()) && minor < OLDEST_MINOR;
            return isOld
                    ? ClusterCheck.bad("API server", found, "Kubernetes 1." + OLDEST_MINOR + " or newer is needed")
                    : ClusterCheck.good("API server", found);
        } catch (KubernetesClientException e) {
            return ClusterCheck.bad(
                    "API server",
                    "no answer from " + url + ": " + reason(e),
                    "look at --kubeconfig, --context and the network");
        }
    }

    private ClusterCheck kinds() {
        String groupVersion = Labels.GROUP + "/" + Labels.VERSION;
        try {
            Set<String> present = Optional.ofNullable(client.getApiResources(groupVersion))
                    .map(APIResourceList::getResources)
                    .orElse(List.of())
                    .stream()
                    .map(APIResource::getName)
                    .collect(Collectors.toCollection(TreeSet::new));
            List<String> absent =
                    OWN_KINDS.stream().filter(kind -> !present.contains(kind)).toList();
            return absent.isEmpty()
                    ? ClusterCheck.good("resources", String.join(", ", OWN_KINDS) + " of " + groupVersion)
                    : ClusterCheck.bad(
                            "resources",
                            String.join(", ", absent) + " of " + groupVersion + " are not known here",
                            "apply the manifest with the CustomResourceDefinitions");
        } catch (KubernetesClientException e) {
            return ClusterCheck.bad("resources", "not known: " + reason(e), "try again");
        }
    }

    private List<ClusterCheck> access() {
        List<ClusterCheck> refused = new ArrayList<>();
        int granted = 0;
        for (Permission permission : permissions) {
            try {
                AccessQuestions.Answer answer = access.ask(permission);
                granted += answer.granted();
                answer.refused()
                        .forEach((where, verbs) -> refused.add(ClusterCheck.bad(
                                "permissions",
                                "may not " + String.join(", ", verbs) + " " + permission.qualifiedResource() + " "
                                        + where,
                                "bind the role of the manifest to " + access.self())));
            } catch (KubernetesClientException e) {
                refused.add(ClusterCheck.bad(
                        "permissions", permission.qualifiedResource() + " not known: " + reason(e), "try again"));
            }
        }
        return refused.isEmpty() ? List.of(ClusterCheck.good("permissions", "all " + granted + " granted")) : refused;
    }

    private static String reason(KubernetesClientException failure) {
        Throwable cause = failure.getCause();
        return switch (failure.getCode()) {
            // What the client says when there was no answer.
            case 0, -1 -> cause == null ? String.valueOf(failure.getMessage()) : String.valueOf(cause.getMessage());
            case 401 -> "the credentials are not accepted";
            default -> "status " + failure.getCode();
        };
    }
}
