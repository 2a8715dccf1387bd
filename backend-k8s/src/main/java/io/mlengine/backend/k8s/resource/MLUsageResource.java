package io.mlengine.backend.k8s.resource;

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
 * What one attempt of a job held, as an object of Kubernetes in the job's namespace; written by the engine, and there
 * after the job is gone. Mutable, as all objects of the client are; not for use by several threads.
 */
@Group(Labels.GROUP)
@Version(Labels.VERSION)
@Kind("MLUsage")
@Plural("mlusages")
@ShortNames("mlu")
@Categories(Labels.MANAGER)
public final class MLUsageResource extends CustomResource<MLUsageSpec, Void> implements Namespaced {
    private static final long serialVersionUID = 1;

    @Override
    protected @Nullable MLUsageSpec initSpec() {
        return null;
    }
}
