package io.mlengine.backend.k8s.delegate;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.mlengine.backend.k8s.cluster.NamesOnly;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.core.job.Delegate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches our objects of the kinds that jobs were handed to, and says whose object has changed. Nothing of them is kept but
 * names. Safe for any thread.
 */
final class KindWatches implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KindWatches.class);

    private final KubernetesClient client;
    private final Set<String> namespaces;
    private final Consumer<DelegatedJob> onChange;
    private final Map<Delegate, List<SharedIndexInformer<GenericKubernetesResource>>> informers = new HashMap<>();
    private boolean closed;

    /**
     * @param namespaces whose objects are watched, empty for all
     * @param onChange hears of each object that is there, has changed or is gone; must return soon
     */
    KindWatches(KubernetesClient client, Set<String> namespaces, Consumer<DelegatedJob> onChange) {
        this.client = client;
        this.namespaces = Set.copyOf(namespaces);
        this.onChange = onChange;
    }

    /** Begins to watch a kind that the cluster knows, unless it is watched already. Returns at once. */
    synchronized void watch(Delegate delegate) {
        if (!closed) {
            informers.computeIfAbsent(delegate, this::start);
        }
    }

    /** Ends the watch on a kind that the cluster does not know any more. */
    synchronized void forget(Delegate delegate) {
        List<SharedIndexInformer<GenericKubernetesResource>> ended = informers.remove(delegate);
        if (ended != null) {
            ended.forEach(SharedIndexInformer::stop);
        }
    }

    private List<SharedIndexInformer<GenericKubernetesResource>> start(Delegate delegate) {
        var objects = client.genericKubernetesResources(DelegateApi.definition(delegate));
        List<SharedIndexInformer<GenericKubernetesResource>> made = new ArrayList<>();
        if (namespaces.isEmpty()) {
            made.add(objects.inAnyNamespace()
                    .withLabel(Labels.MANAGED_BY, Labels.MANAGER)
                    .runnableInformer(0));
        }
        for (String namespace : namespaces) {
            made.add(objects.inNamespace(namespace)
                    .withLabel(Labels.MANAGED_BY, Labels.MANAGER)
                    .runnableInformer(0));
        }
        for (SharedIndexInformer<GenericKubernetesResource> informer : made) {
            informer.itemStore(new NamesOnly<>(KindWatches::empty))
                    .removeNamespaceIndex()
                    .exceptionHandler((isStarted, error) -> {
                        LOG.debug("a watch failed and is made again: kind={} error={}", delegate, error.toString());
                        return true;
                    })
                    .addEventHandler(new Handler());
            informer.start();
        }
        return List.copyOf(made);
    }

    @Override
    public synchronized void close() {
        closed = true;
        informers.values().stream().flatMap(List::stream).forEach(SharedIndexInformer::stop);
        informers.clear();
    }

    private final class Handler implements ResourceEventHandler<GenericKubernetesResource> {
        @Override
        public void onAdd(GenericKubernetesResource object) {
            DelegatedJob.ownerOf(object).ifPresent(onChange);
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
            DelegatedJob.ownerOf(object).ifPresent(onChange);
        }

        @Override
        public void onDelete(GenericKubernetesResource object, boolean isUnseen) {
            DelegatedJob.ownerOf(object).ifPresent(onChange);
        }
    }

    private static GenericKubernetesResource empty(GenericKubernetesResource object) {
        GenericKubernetesResource empty = new GenericKubernetesResource();
        empty.setApiVersion(object.getApiVersion());
        empty.setKind(object.getKind());
        return empty;
    }
}
