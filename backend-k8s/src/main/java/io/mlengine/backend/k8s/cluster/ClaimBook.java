package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.pod.ClaimState;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What is known of the claims of pods that wait for a node. They are read again and again, a few at a time: a watch would
 * bring all claims of a cluster, of which hardly any matters. Thread-safe.
 */
final class ClaimBook implements ClaimState.Lookup {
    private static final int MOST_AT_ONCE = 20;

    private final ClusterApi api;
    private final Executor workers;
    private volatile Supplier<SortedSet<Claim>> wanted = Collections::emptySortedSet;
    private volatile Consumer<Set<Claim>> changed = news -> {};
    private final Map<Claim, ClaimState> known = new ConcurrentHashMap<>();
    private final AtomicBoolean isReading = new AtomicBoolean();
    private volatile Claim last = new Claim("", "");

    /** Names a claim. */
    record Claim(String namespace, String name) implements Comparable<Claim> {
        @Override
        public int compareTo(Claim other) {
            int byNamespace = namespace.compareTo(other.namespace);
            return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
        }
    }

    /** Makes an empty book. */
    ClaimBook(ClusterApi api, Executor workers) {
        this.api = api;
        this.workers = workers;
    }

    /**
     * Says whom the book is for.
     *
     * @param which the claims that matter now
     * @param news hears of those that have become something else
     */
    void serve(Supplier<SortedSet<Claim>> which, Consumer<Set<Claim>> news) {
        wanted = which;
        changed = news;
    }

    @Override
    public Optional<ClaimState> find(String namespace, String claim) {
        return Optional.ofNullable(known.get(new Claim(namespace, claim)));
    }

    /** Reads some claims, elsewhere; called about once a second. */
    void look() {
        SortedSet<Claim> all = wanted.get();
        known.keySet().retainAll(all);
        if (!all.isEmpty() && isReading.compareAndSet(false, true)) {
            try {
                workers.execute(() -> {
                    try {
                        read(all);
                    } finally {
                        isReading.set(false);
                    }
                });
            } catch (RejectedExecutionException closed) {
                isReading.set(false);
            }
        }
    }

    /** Those that nobody has looked at come first, then the others in turns. */
    private void read(SortedSet<Claim> all) {
        Stream<Claim> unknown = all.stream().filter(claim -> !known.containsKey(claim));
        Claim before = last;
        Stream<Claim> inTurns = Stream.concat(
                all.stream().filter(claim -> claim.compareTo(before) > 0),
                all.stream().filter(claim -> claim.compareTo(before) <= 0));
        Set<Claim> news = new TreeSet<>();
        Stream.concat(unknown, inTurns).distinct().limit(MOST_AT_ONCE).forEach(claim -> {
            ClaimState state = read(claim);
            if (!state.equals(known.put(claim, state))) {
                news.add(claim);
            }
            last = claim;
        });
        if (!news.isEmpty()) {
            changed.accept(news);
        }
    }

    private ClaimState read(Claim claim) {
        try {
            return api.claim(claim.namespace(), claim.name());
        } catch (KubernetesClientException e) {
            return ClaimState.unreadable(claim.name(), ApiAnswer.message(e));
        }
    }
}
