package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewSpec;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewSpecBuilder;
import io.mlengine.backend.k8s.pod.QueueRight;
import io.mlengine.backend.k8s.resource.Labels;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which queues the pods of others may use: what their service account may, as the pods that controllers make have no
 * other user. Answers are kept, and asked for again while pods need them. Thread-safe; nothing of it blocks.
 */
final class QueueGrants implements QueueRight.Source {
    /** How old an answer may be before it is asked for again. */
    static final Duration FRESH = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(QueueGrants.class);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration KEEP = Duration.ofMinutes(5);

    private final Source source;
    private final Consumer<Set<String>> changed;
    private final Executor workers;
    private final InstantSource clock;
    private final Map<Key, Entry> entries = new HashMap<>();

    /** Says who may use which queue; may block. */
    @FunctionalInterface
    interface Source {
        boolean mayUse(SubjectAccessReviewSpec who, String namespace, String queue);
    }

    private record Key(String namespace, String account, String queue) {}

    private static final class Entry {
        QueueRight right = QueueRight.ASKED;
        Instant dueAt = Instant.MIN;
        Instant neededAt = Instant.MIN;
        boolean isAsking;
    }

    /**
     * Makes an empty book.
     *
     * @param source is asked on the workers
     * @param changed takes the namespaces whose pods are to be looked at again; must not block
     */
    QueueGrants(Source source, Consumer<Set<String>> changed, Executor workers, InstantSource clock) {
        this.source = source;
        this.changed = changed;
        this.workers = workers;
        this.clock = clock;
    }

    @Override
    public synchronized QueueRight of(String namespace, String account, String queue) {
        Key key = new Key(namespace, account, queue);
        Entry entry = entries.computeIfAbsent(key, unused -> new Entry());
        Instant now = clock.instant();
        entry.neededAt = now;
        if (!entry.isAsking && !now.isBefore(entry.dueAt)) {
            entry.isAsking = true;
            try {
                workers.execute(() -> ask(key, entry));
            } catch (RejectedExecutionException closed) {
                entry.isAsking = false;
            }
        }
        return entry.right;
    }

    private void ask(Key key, Entry entry) {
        Optional<QueueRight> answer;
        try {
            answer = Optional.of(
                    source.mayUse(user(key), key.namespace(), key.queue())
                            ? QueueRight.ALLOWED
                            : new QueueRight(QueueRight.Kind.REFUSED, denial(key)));
        } catch (RuntimeException e) {
            LOG.warn("queue permission unknown queue={} namespace={}", key.queue(), key.namespace(), e);
            answer = Optional.empty();
        }
        boolean isNews;
        synchronized (this) {
            // What was allowed a moment ago is not taken away by a fault.
            QueueRight kept = entry.right.kind() == QueueRight.Kind.UNKNOWN ? unknown(key) : entry.right;
            QueueRight now = answer.orElse(kept);
            isNews = !now.equals(entry.right);
            entry.right = now;
            entry.dueAt = clock.instant().plus(answer.isPresent() ? FRESH : RETRY);
            entry.isAsking = false;
        }
        if (isNews) {
            changed.accept(Set.of(key.namespace()));
        }
    }

    private static SubjectAccessReviewSpec user(Key key) {
        return new SubjectAccessReviewSpecBuilder()
                .withUser("system:serviceaccount:" + key.namespace() + ":" + key.account())
                .withGroups(
                        "system:serviceaccounts", "system:serviceaccounts:" + key.namespace(), "system:authenticated")
                .build();
    }

    private static String denial(Key key) {
        return "service account " + key.account() + " may not use queue " + key.queue() + ": grant it `"
                + QueueReviews.VERB + "` on " + QueueReviews.RESOURCE + "." + Labels.GROUP + "/" + key.queue()
                + ", or take the label away";
    }

    private static QueueRight unknown(Key key) {
        return new QueueRight(
                QueueRight.Kind.UNKNOWN,
                "the API server did not say whether service account " + key.account() + " may use queue " + key.queue()
                        + "; it is asked again");
    }

    /** Has those looked at again whose answer is old; called about once a second. */
    void look() {
        Set<String> old = new TreeSet<>();
        synchronized (this) {
            Instant now = clock.instant();
            entries.values().removeIf(entry -> !entry.isAsking && now.isAfter(entry.neededAt.plus(KEEP)));
            entries.forEach((key, entry) -> {
                if (!entry.isAsking && !now.isBefore(entry.dueAt) && now.isAfter(entry.neededAt.plus(RETRY))) {
                    old.add(key.namespace());
                }
            });
        }
        if (!old.isEmpty()) {
            changed.accept(old);
        }
    }
}
