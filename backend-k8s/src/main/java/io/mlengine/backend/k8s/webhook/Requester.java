package io.mlengine.backend.k8s.webhook;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A user as the API server has recognised him.
 *
 * @param name the user's name
 * @param uid the user's uid, or empty
 * @param groups the user's groups
 * @param extra what the authenticator says besides
 */
record Requester(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
    Requester {
        groups = List.copyOf(groups);
        extra = Map.copyOf(new TreeMap<>(extra));
    }
}
