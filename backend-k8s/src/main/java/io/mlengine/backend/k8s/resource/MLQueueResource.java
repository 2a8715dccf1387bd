package io.mlengine.backend.k8s.resource;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/**
 * A queue as an object of Kubernetes, for the whole cluster. Mutable, as all objects of the client are; not for use by
 * several threads.
 */
@Group(Labels.GROUP)
@Version(Labels.VERSION)
@Kind("MLQueue")
@Plural("mlqueues")
@ShortNames("mlq")
@Categories(Labels.MANAGER)
public final class MLQueueResource extends CustomResource<MLQueueSpec, MLQueueStatus> {
    private static final long serialVersionUID = 1;

    @Override
    protected @Nullable MLQueueSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable MLQueueStatus initStatus() {
        return null;
    }
}
