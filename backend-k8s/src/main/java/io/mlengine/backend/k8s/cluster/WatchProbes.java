package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;

/**
 * Makes probes that are alike.
 *
 * @param patience how long the server may be silent; half of it passes before it is asked, and half until the answer holds
 * @param askers where it is asked for what a watch may have missed
 * @param clock the time
 */
public record WatchProbes(Duration patience, Executor askers, InstantSource clock) {
    /**
     * A probe of one watch.
     *
     * @param source begins another watch on the same objects
     * @param <T> what is watched
     * @return the probe
     */
    public <T> WatchProbe<T> of(BiFunction<ListOptions, Watcher<T>, Watch> source) {
        return new WatchProbe<>(source, patience.dividedBy(2), askers, clock);
    }
}
