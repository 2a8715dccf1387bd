package io.mlengine.backend.k8s.operator;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.mlengine.backend.k8s.resource.Labels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes down every pod that a namespace ever had, from its beginning, and what must not happen: a name that two pods of
 * one job had one after the other, two pods of one replica that live at the same time, an attempt that begins while pods of an earlier
 * one live. Thread-safe.
 */
final class PodLedger implements AutoCloseable {
    private final Map<String, Set<String>> uidsByName = new TreeMap<>();
    private final Map<String, Pod> alive = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();
    private final SharedIndexInformer<Pod> informer;
    private @Nullable Consumer<PodLedger> listener;

    private PodLedger(KubernetesClient client, String namespace) {
        informer = client.pods().inNamespace(namespace).runnableInformer(0);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Pod pod) {
                note(pod);
            }

            @Override
            public void onUpdate(Pod before, Pod pod) {
                if (!before.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
                    forget(before);
                }
                note(pod);
            }

            @Override
            public void onDelete(Pod pod, boolean isUnseen) {
                forget(pod);
            }
        });
    }

    /** Begins to write, before the namespace has pods. */
    static PodLedger open(KubernetesClient client, String namespace) {
        PodLedger ledger = new PodLedger(client, namespace);
        ledger.informer.start().toCompletableFuture().join();
        return ledger;
    }

    private synchronized void note(Pod pod) {
        String uid = pod.getMetadata().getUid();
        uidsByName
                .computeIfAbsent(
                        pod.getMetadata().getName() + " of " + label(pod, Labels.JOB_UID), key -> new TreeSet<>())
                .add(uid);
        String phase = pod.getStatus().getPhase();
        if ("Succeeded".equals(phase) || "Failed".equals(phase)) {
            alive.remove(uid);
        } else {
            if (!alive.containsKey(uid)) {
                alive.values().forEach(other -> compare(other, pod));
            }
            alive.put(uid, pod);
        }
        if (listener != null) {
            listener.accept(this);
        }
    }

    private synchronized void forget(Pod pod) {
        alive.remove(pod.getMetadata().getUid());
    }

    private void compare(Pod old, Pod fresh) {
        if (!label(old, Labels.JOB_UID).equals(label(fresh, Labels.JOB_UID))) {
            return;
        }
        boolean isSameReplica = label(old, Labels.ROLE).equals(label(fresh, Labels.ROLE))
                && label(old, Labels.INDEX).equals(label(fresh, Labels.INDEX));
        if (isSameReplica || !label(old, Labels.ATTEMPT).equals(label(fresh, Labels.ATTEMPT))) {
            violations.add(fresh.getMetadata().getName() + " began while "
                    + old.getMetadata().getName() + " lived");
        }
    }

    private static String label(Pod pod, String name) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        return labels == null ? "" : labels.getOrDefault(name, "");
    }

    /** Is called after each change, by the thread that watches; replaces the one before. */
    synchronized void onChange(@Nullable Consumer<PodLedger> called) {
        listener = called;
    }

    /** Number of living pods of a job. */
    synchronized long alive(String job) {
        return alive.values().stream()
                .filter(pod -> job.equals(label(pod, Labels.JOB_NAME)))
                .count();
    }

    /** Number of living pods of a job that have a node. */
    synchronized long bound(String job) {
        return alive.values().stream()
                .filter(pod -> job.equals(label(pod, Labels.JOB_NAME)))
                .filter(pod -> pod.getSpec().getNodeName() != null)
                .count();
    }

    /** What must not have happened and did; empty if all is well. */
    synchronized List<String> violations() {
        List<String> all = new ArrayList<>(violations);
        uidsByName.forEach((name, uids) -> {
            if (uids.size() > 1) {
                all.add(name + " was the name of " + uids.size() + " pods");
            }
        });
        return all;
    }

    @Override
    public void close() {
        informer.close();
    }
}
