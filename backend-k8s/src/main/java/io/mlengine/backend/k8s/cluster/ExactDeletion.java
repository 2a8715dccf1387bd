package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** Deletes the very object that is meant: one that has taken its name meanwhile belongs to somebody else, and stays. */
public final class ExactDeletion {
    private ExactDeletion() {}

    /**
     * Asks for the end of an object, as its kind usually ends. Blocks.
     *
     * @param client reaches the API server
     * @param path the object's path
     * @param uid the object's uid
     * @return false when there was nothing to do: it is gone, or its name is another's
     * @throws KubernetesClientException when nothing is known of it, or the server refuses
     */
    public static boolean ask(KubernetesClient client, String path, String uid) {
        return ask(client, path, uid, new DeleteOptionsBuilder());
    }

    /**
     * Asks for the end of an object. Blocks.
     *
     * @param client reaches the API server
     * @param path the object's path
     * @param uid the object's uid
     * @param how what else is to be heeded
     * @return false when there was nothing to do: it is gone, or its name is another's, or is not as {@code how} says
     * @throws KubernetesClientException when nothing is known of it, or the server refuses
     */
    public static boolean ask(KubernetesClient client, String path, String uid, DeleteOptionsBuilder how) {
        try {
            client.raw(
                    path,
                    "DELETE",
                    how.editOrNewPreconditions().withUid(uid).endPreconditions().build());
            return true;
        } catch (KubernetesClientException e) {
            ApiAnswer answer = ApiAnswer.of(e);
            if (answer == ApiAnswer.MISSING || answer == ApiAnswer.CONFLICT) {
                return false;
            }
            throw e;
        }
    }
}
