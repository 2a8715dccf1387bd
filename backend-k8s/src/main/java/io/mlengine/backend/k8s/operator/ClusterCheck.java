package io.mlengine.backend.k8s.operator;

/**
 * One thing that a controller needs of a cluster.
 *
 * @param name what
 * @param passed whether it is there
 * @param found what was found, one phrase
 * @param remedy what to do, empty when it is there
 */
public record ClusterCheck(String name, boolean passed, String found, String remedy) {
    static ClusterCheck good(String name, String found) {
        return new ClusterCheck(name, true, found, "");
    }

    static ClusterCheck bad(String name, String found, String remedy) {
        return new ClusterCheck(name, false, found, remedy);
    }
}
