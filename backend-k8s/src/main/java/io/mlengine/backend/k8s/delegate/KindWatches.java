package io.mlengine.backend.k8s.delegate;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.mlengine.backend.k8s.cluster.NamesOnly;
import io.mlengine.backend.k8s.cluster.WatchProbes;
import io.mlengine.backend.k8s.cluster.WatchedKind;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.core.job.Delegate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
    private final WatchProbes probes;
    private final Map<Delegate, List<WatchedKind<GenericKubernetesResource>>> watches = new HashMap<>();
    private boolean closed;

    /**
     * @param namespaces whose objects are watched, empty for all
     * @param probes ask what a watch may have missed
     * @param onChange hears of each object that is there, has changed or is gone; must return soon
     */
    KindWatches(KubernetesClient client, Set<String> namespaces, WatchProbes probes, Consumer<DelegatedJob> onChange) {
        this.client = client;
        this.probes = probes;
        this.namespaces = Set.copyOf(namespaces);
        this.onChange = onChange;
    }

    /** Begins to watch a kind that the cluster knows, unless it is watched already. Returns at once. */
    synchronized void watch(Delegate delegate) {
        if (!closed) {
            watches.computeIfAbsent(delegate, this::start);
        }
    }

    /** Ends the watch on a kind that the cluster does not know any more. */
    synchronized void forget(Delegate delegate) {
        List<WatchedKind<GenericKubernetesResource>> ended = watches.remove(delegate);
        if (ended != null) {
            ended.forEach(WatchedKind::close);
        }
    }

    /** Looks after the watches; called about once a second. */
    synchronized void look() {
        if (!closed) {
            watches.values().forEach(kind -> kind.forEach(WatchedKind::look));
        }
    }

    private List<WatchedKind<GenericKubernetesResource>> start(Delegate delegate) {
        var objects = client.genericKubernetesResources(DelegateApi.definition(delegate));
        if (namespaces.isEmpty()) {
            return List.of(start(delegate, objects.inAnyNamespace().withLabel(Labels.MANAGED_BY, Labels.MANAGER)));
        }
        return namespaces.stream()
                .map(namespace ->
                        start(delegate, objects.inNamespace(namespace).withLabel(Labels.MANAGED_BY, Labels.MANAGER)))
                .toList();
    }

    private WatchedKind<GenericKubernetesResource> start(
            Delegate delegate,
            FilterWatchListDeletable<
                            GenericKubernetesResource,
                            GenericKubernetesResourceList,
                            Resource<GenericKubernetesResource>>
                    ours) {
        // One for all watches that follow each other, so that each tells what has gone since the one before.
        ItemStore<GenericKubernetesResource> names = new NamesOnly<>(KindWatches::empty);
        Supplier<SharedIndexInformer<GenericKubernetesResource>> source = () -> {
            SharedIndexInformer<GenericKubernetesResource> informer = ours.runnableInformer(0)
                    .itemStore(names)
                    .removeNamespaceIndex()
                    .exceptionHandler((isStarted, error) -> {
                        LOG.debug("a watch failed and is made again: kind={} error={}", delegate, error.toString());
                        return true;
                    })
                    .addEventHandler(new Handler());
            informer.start();
            return informer;
        };
        return new WatchedKind<>(source.get(), source, probes.of(ours::watch));
    }

    @Override
    public synchronized void close() {
        closed = true;
        watches.values().stream().flatMap(List::stream).forEach(WatchedKind::close);
        watches.clear();
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
