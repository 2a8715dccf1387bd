package io.mlengine.backend.k8s.operator;

import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Asks the API server what the client's own user may do. */
final class AccessQuestions {
    private static final String EVERYWHERE = "";

    private final KubernetesClient client;
    private final String namespace;
    private final SortedSet<String> watched;

    /**
     * What was answered about one permission.
     *
     * @param granted how many verbs are granted, counted in each place
     * @param refused place to the verbs that are refused there
     */
    record Answer(int granted, Map<String, List<String>> refused) {}

    AccessQuestions(KubernetesClient client, String namespace, SortedSet<String> watched) {
        this.client = client;
        this.namespace = namespace;
        this.watched = new TreeSet<>(watched);
    }

    Answer ask(Permission permission) {
        int granted = 0;
        Map<String, List<String>> refused = new LinkedHashMap<>();
        for (String where : places(permission)) {
            List<String> verbs = new ArrayList<>();
            for (String verb : permission.verbs()) {
                if (!isGranted(permission, verb, where)) {
                    verbs.add(verb);
                }
            }
            granted += permission.verbs().size() - verbs.size();
            if (!verbs.isEmpty()) {
                refused.put(where.equals(EVERYWHERE) ? "in the cluster" : "in namespace " + where, verbs);
            }
        }
        return new Answer(granted, refused);
    }

    private SortedSet<String> places(Permission permission) {
        return switch (permission.scope()) {
            case CLUSTER -> new TreeSet<>(List.of(EVERYWHERE));
            case WATCHED -> watched.isEmpty() ? new TreeSet<>(List.of(EVERYWHERE)) : watched;
            case OWN -> new TreeSet<>(List.of(namespace));
        };
    }

    private boolean isGranted(Permission permission, String verb, String where) {
        String[] resource = permission.resource().split("/", 2);
        SelfSubjectAccessReview review = new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withGroup(permission.group())
                .withResource(resource[0])
                .withSubresource(resource.length > 1 ? resource[1] : null)
                .withVerb(verb)
                .withNamespace(where.equals(EVERYWHERE) ? null : where)
                .withName(permission.name().isEmpty() ? null : permission.name())
                .endResourceAttributes()
                .endSpec()
                .build();
        return client.authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(review)
                .getStatus()
                .getAllowed();
    }

    /** Whom the answers are about, as far as the client knows. */
    String self() {
        String user = client.getConfiguration().getUsername();
        return user == null || user.isEmpty() ? "the controller's account" : user;
    }
}
