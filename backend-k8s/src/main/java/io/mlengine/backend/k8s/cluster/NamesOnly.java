package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.function.UnaryOperator;

/**
 * Keeps what a watch needs to tell what has changed: names and versions, and owners, for whose sake an object that went
 * unseen matters. The rest of many objects would fill the memory. Thread-safe.
 *
 * @param <T> what is watched
 */
public final class NamesOnly<T extends HasMetadata> extends BasicItemStore<T> {
    private final UnaryOperator<T> empty;

    /**
     * Makes an empty store.
     *
     * @param empty makes an object of the same kind that holds nothing
     */
    public NamesOnly(UnaryOperator<T> empty) {
        super(Cache::metaNamespaceKeyFunc);
        this.empty = empty;
    }

    /** Else the informer would tell what is kept here, and not what it read. */
    @Override
    public boolean isFullState() {
        return false;
    }

    @Override
    public T put(String key, T object) {
        T names = empty.apply(object);
        names.setMetadata(new ObjectMetaBuilder()
                .withNamespace(object.getMetadata().getNamespace())
                .withName(object.getMetadata().getName())
                .withUid(object.getMetadata().getUid())
                .withResourceVersion(object.getMetadata().getResourceVersion())
                .withOwnerReferences(object.getMetadata().getOwnerReferences())
                .build());
        return super.put(key, names);
    }
}
