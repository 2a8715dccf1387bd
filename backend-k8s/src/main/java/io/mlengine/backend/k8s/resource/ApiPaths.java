package io.mlengine.backend.k8s.resource;

/** Where the API server keeps objects, for requests that the client has no words for. */
public final class ApiPaths {
    private static final String TRAINS = new MLTrainResource().getPlural();

    private ApiPaths() {}

    /**
     * All objects of a kind in a namespace.
     *
     * @param apiVersion such as {@code v1} or {@code kubeflow.org/v1}
     * @param namespace the namespace
     * @param plural the kind's plural
     * @return the path
     */
    public static String of(String apiVersion, String namespace, String plural) {
        return root(apiVersion) + "/namespaces/" + namespace + "/" + plural;
    }

    /**
     * All objects of a kind that has no namespace.
     *
     * @param apiVersion such as {@code v1} or {@code kubeflow.org/v1}
     * @param plural the kind's plural
     * @return the path
     */
    public static String ofCluster(String apiVersion, String plural) {
        return root(apiVersion) + "/" + plural;
    }

    /**
     * The object of a job.
     *
     * @param namespace its namespace
     * @param name its name
     * @return the path
     */
    public static String train(String namespace, String name) {
        return of(Labels.GROUP + "/" + Labels.VERSION, namespace, TRAINS) + "/" + name;
    }

    private static String root(String apiVersion) {
        return (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
    }
}
