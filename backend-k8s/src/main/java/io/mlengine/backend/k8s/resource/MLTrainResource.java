package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/**
 * A job as an object of Kubernetes. Its spec stays the JSON that the user wrote, because the document's strict reader
 * judges it: see {@link MLTrainDocuments}. Mutable, as all objects of the client are; not for use by several threads.
 */
@Group(Labels.GROUP)
@Version(Labels.VERSION)
@Kind("MLTrain")
@Plural("mltrains")
@ShortNames("mlt")
@Categories(Labels.MANAGER)
public final class MLTrainResource extends CustomResource<ObjectNode, MLTrainStatus> implements Namespaced {
    private static final long serialVersionUID = 1;

    @Override
    protected @Nullable ObjectNode initSpec() {
        return null;
    }

    @Override
    protected @Nullable MLTrainStatus initStatus() {
        return null;
    }
}
