package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.pod.GangName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Pods that wait for a node, a server that refuses what is written about some of them, and a clock. */
final class WaitNotesWorld {
    static final String REASON = "Unschedulable";

    /** What was tried in the last look: names of pods, in order. */
    final List<String> tried = new ArrayList<>();

    final TreeMap<String, String> told = new TreeMap<>();
    final Set<String> refused = new TreeSet<>();
    final List<Event> events = new ArrayList<>();

    /** Happens during each write. */
    Runnable whileWriting = () -> {};

    private final TreeMap<GangName, List<Pod>> waiting = new TreeMap<>();
    private Instant now = Instant.parse("2026-11-26T10:00:00Z");
    private final WaitNotes notes = new WaitNotes(
            this::write,
            events::add,
            gang -> waiting.getOrDefault(gang, List.of()),
            Runnable::run,
            () -> now,
            new Random(7));

    private void write(Pod pod, PodCondition condition) {
        String name = pod.getMetadata().getName();
        tried.add(name);
        whileWriting.run();
        if (refused.contains(name)) {
            throw new KubernetesClientException("refused");
        }
        told.put(name, condition.getMessage());
    }

    /** A gang of so many pods, which wait for a reason that is known. */
    void waits(String gang, int size, String text) {
        GangName name = new GangName("team", gang, "");
        waiting.computeIfAbsent(
                name,
                unused -> IntStream.range(0, size).mapToObj(i -> pod(gang, i)).toList());
        notes.waits(name, REASON, text);
    }

    private static Pod pod(String gang, int index) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("team")
                .withName(gang + "-" + index)
                .withUid("uid-" + gang + "-" + index)
                .endMetadata()
                .build();
    }

    /** A gang gets its places; its pods are not seen on their nodes yet. */
    void isPlaced(String gang) {
        notes.forget(new GangName("team", gang, ""));
    }

    /** What is written about the first pods of a gang is refused. */
    void refuses(String gang, int size) {
        for (int i = 0; i < size; i++) {
            refused.add(gang + "-" + i);
        }
    }

    /** A second passes. */
    void second() {
        now = now.plusSeconds(1);
        tried.clear();
        notes.look();
    }

    void seconds(int count) {
        for (int i = 0; i < count; i++) {
            second();
        }
    }
}
