package io.mlengine.backend.k8s.testing;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Plays the kubelets of {@link FakeNodes}: a pod that is bound to one of them goes through the states that a kubelet
 * would write, by its {@link PodScript}; one that is being deleted ends and is removed within its grace. Methods may be
 * called by any thread.
 */
public final class FakeKubelet implements AutoCloseable {
    private static final int REQUEST_MILLIS = 5000;
    private static final int ADDRESSES = 250;

    private final KubernetesClient client;
    private final FakeNodes nodes;
    private final Function<Pod, PodScript> scripts;
    // A kubelet that has stopped drops what it would have done next.
    private final ScheduledExecutorService executor = new ScheduledThreadPoolExecutor(
            1, work -> new Thread(work, "fake-kubelet"), new ThreadPoolExecutor.DiscardPolicy());
    private final SharedIndexInformer<Pod> informer;
    private final Set<String> dead = ConcurrentHashMap.newKeySet();
    private volatile Duration latency = Duration.ZERO;

    // Only the executor's thread uses these.
    private final Map<String, PlayedPod> pods = new HashMap<>();
    private final Map<String, List<Runnable>> held = new HashMap<>();
    private int addresses;

    private FakeKubelet(KubernetesServer server, FakeNodes nodes, Function<Pod, PodScript> scripts) {
        this.nodes = nodes;
        this.scripts = scripts;
        client = server.newClient(
                settings -> settings.withRequestRetryBackoffLimit(0).withRequestTimeout(REQUEST_MILLIS));
        informer = client.pods().inAnyNamespace().inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Pod pod) {
                later(Duration.ZERO, () -> see(pod));
            }

            @Override
            public void onUpdate(Pod old, Pod pod) {
                later(Duration.ZERO, () -> see(pod));
            }

            @Override
            public void onDelete(Pod pod, boolean isStateUnknown) {
                later(Duration.ZERO, () -> pods.remove(pod.getMetadata().getUid()));
            }
        });
    }

    /** Starts to play; {@code scripts} is asked once for each pod that is bound to one of the nodes. */
    public static FakeKubelet start(KubernetesServer server, FakeNodes nodes, Function<Pod, PodScript> scripts) {
        return new FakeKubelet(server, nodes, scripts);
    }

    /** Lets the main container of a pod end, now or as soon as it runs; nothing if no such pod is known. */
    public void end(String namespace, String pod, PodEnd how) {
        later(
                Duration.ZERO,
                () -> pods.values().stream()
                        .filter(played -> played.isOf(namespace, pod))
                        .forEach(played -> played.end(how)));
    }

    /** Lets the kubelet of a node fall silent, as if the node were lost. See {@link FakeNodes#markLost}. */
    public void die(String node) {
        dead.add(node);
    }

    /** Lets a silent kubelet speak again: what should have happened meanwhile happens now. */
    public void revive(String node) {
        dead.remove(node);
        later(Duration.ZERO, () -> {
            List<Runnable> missed = held.remove(node);
            if (missed != null) {
                missed.forEach(Runnable::run);
            }
            pods.values().stream().filter(played -> played.isOn(node)).forEach(PlayedPod::repeat);
        });
    }

    /** How long a kubelet takes for each step, from now on. */
    public void latency(Duration ofEachStep) {
        latency = ofEachStep;
    }

    @Override
    public void close() {
        informer.close();
        executor.shutdownNow();
        try {
            executor.awaitTermination(REQUEST_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        client.close();
    }

    private void see(Pod pod) {
        String node = pod.getSpec().getNodeName();
        if (node == null || !nodes.contains(node)) {
            return;
        }
        PlayedPod played = pods.get(pod.getMetadata().getUid());
        if (played == null) {
            played = new PlayedPod(new PodLife(pod, nextAddress()), scripts.apply(pod), client, clockOf(node));
            pods.put(pod.getMetadata().getUid(), played);
            played.begin();
        }
        played.see(pod);
    }

    private RequestQueue.Clock clockOf(String node) {
        return new RequestQueue.Clock() {
            @Override
            public Duration latency() {
                return latency;
            }

            @Override
            public void later(Duration delay, Runnable work) {
                FakeKubelet.this.later(delay, () -> unlessDead(node, work));
            }
        };
    }

    private void unlessDead(String node, Runnable work) {
        if (dead.contains(node)) {
            held.computeIfAbsent(node, key -> new ArrayList<>()).add(() -> unlessDead(node, work));
        } else {
            work.run();
        }
    }

    private void later(Duration delay, Runnable work) {
        executor.schedule(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException | Error e) {
                        // A scheduled task would swallow it.
                        Thread thread = Thread.currentThread();
                        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
                    }
                },
                delay.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    private String nextAddress() {
        addresses++;
        return "10.244." + addresses / ADDRESSES + "." + (addresses % ADDRESSES + 1);
    }
}
