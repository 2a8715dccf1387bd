package io.mlengine.benchmarks;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.mlengine.backend.k8s.resource.Labels;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** When a watch saw pods bound, and how many gangs had some of their pods bound and not all. Thread-safe. */
final class BoundPods implements ResourceEventHandler<Pod> {
    private final int all;
    private final int gangSize;
    private final CountDownLatch left;
    private final Set<String> seen = new HashSet<>();
    private final Map<String, Integer> perGang = new HashMap<>();
    private long first;
    private long last;
    private int torn;
    private int mostTorn;

    BoundPods(int all, int gangSize) {
        this.all = all;
        this.gangSize = gangSize;
        left = new CountDownLatch(all);
    }

    @Override
    public void onAdd(Pod pod) {
        see(pod);
    }

    @Override
    public void onUpdate(Pod before, Pod pod) {
        see(pod);
    }

    @Override
    public void onDelete(Pod pod, boolean isUnseen) {}

    private synchronized void see(Pod pod) {
        if (pod.getSpec().getNodeName() == null || !seen.add(pod.getMetadata().getUid())) {
            return;
        }
        last = System.nanoTime();
        first = first == 0 ? last : first;
        Map<String, String> labels = pod.getMetadata().getLabels();
        if (labels != null && labels.containsKey(Labels.GANG)) {
            int members = perGang.merge(labels.get(Labels.GANG), 1, Integer::sum);
            torn += members == 1 ? 1 : members == gangSize ? -1 : 0;
            mostTorn = Math.max(mostTorn, torn);
        }
        left.countDown();
    }

    /** Waits until all are bound; returns false when time is up. */
    boolean await(long time, TimeUnit unit) throws InterruptedException {
        return left.await(time, unit);
    }

    long left() {
        return left.getCount();
    }

    /** When the last one was bound, by {@link System#nanoTime}. */
    synchronized long last() {
        return last;
    }

    /** From the first to the last. */
    synchronized double perSecond() {
        return (all - 1) * 1e9 / (last - first);
    }

    synchronized int mostTorn() {
        return mostTorn;
    }
}
