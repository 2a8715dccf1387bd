package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.pod.GitCommit;
import io.mlengine.backend.k8s.pod.PodNames;
import io.mlengine.backend.k8s.pod.StartTrouble;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ReplicaId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that all replicas of an attempt run one commit: reads from the output of the replica that went first which
 * one it has got, and writes that to its pod, where the next engine finds it too. See {@link CodeTurns}. Thread-safe.
 */
final class CodeCommits {
    private static final Logger LOG = LoggerFactory.getLogger(CodeCommits.class);
    private static final int LAST_LINES = 100;
    // Once a second. What a container has written may be readable a little later than its end.
    private static final int MOST_SILENT = 15;
    private static final int MOST_UNREADABLE = 120;

    private final Replicas replicas;
    private final Attempts attempts;
    private final OutputEnd output;
    private final ClusterApi api;
    private final PodDeletions deletions;
    private final JobNotes notes;
    private final Executor readers;
    private final Set<AttemptId> open = ConcurrentHashMap.newKeySet();
    private final Map<AttemptId, ReplicaId> first = new ConcurrentHashMap<>();
    private final Map<ReplicaId, Integer> tries = new ConcurrentHashMap<>();
    private final Set<ReplicaId> givenUp = ConcurrentHashMap.newKeySet();
    private final Set<ReplicaId> underWay = ConcurrentHashMap.newKeySet();

    CodeCommits(
            Replicas replicas,
            Attempts attempts,
            OutputEnd output,
            ClusterApi api,
            PodDeletions deletions,
            JobNotes notes,
            Executor readers) {
        this.replicas = replicas;
        this.attempts = attempts;
        this.output = output;
        this.api = api;
        this.deletions = deletions;
        this.notes = notes;
        this.readers = readers;
    }

    /** The commit of an attempt, as far as it is known. */
    Optional<String> commit(AttemptId attempt) {
        return turns(attempt).commit();
    }

    /** Whose turn it is in an attempt; who goes first stays that as long as it can. */
    synchronized CodeTurns turns(AttemptId attempt) {
        List<Replicas.Fetching> fetching = replicas.fetching(attempt);
        CodeTurns turns = CodeTurns.of(fetching, Optional.ofNullable(first.get(attempt)));
        turns.first().ifPresent(id -> first.put(attempt, id));
        boolean isOpen = turns.commit().isEmpty() && !fetching.isEmpty();
        if (isOpen || turns.isAwaited()) {
            open.add(attempt);
        } else {
            open.remove(attempt);
        }
        return turns;
    }

    /**
     * Reads what has been fetched and is not known yet; called about once a second, returns at once.
     *
     * @param goOn called with each attempt whose replicas may wait, to go on with those whose turn it is
     */
    void look(BiConsumer<AttemptId, Attempts.Held> goOn) {
        for (AttemptId attempt : List.copyOf(open)) {
            Attempts.Held held = attempts.find(attempt).orElse(null);
            if (held == null) {
                forget(attempt);
                continue;
            }
            if (turns(attempt).commit().isEmpty()) {
                replicas.fetching(attempt).forEach(one -> readIfFetched(one, held));
            }
            goOn.accept(attempt, held);
        }
    }

    private void readIfFetched(Replicas.Fetching one, Attempts.Held held) {
        boolean isReadable = one.isResolving() && GitCommit.isFetched(one.pod());
        if (isReadable && !givenUp.contains(one.id()) && underWay.add(one.id())) {
            try {
                readers.execute(() -> {
                    try {
                        read(one, held);
                    } finally {
                        underWay.remove(one.id());
                    }
                });
            } catch (RejectedExecutionException busy) {
                underWay.remove(one.id());
            }
        }
    }

    private void read(Replicas.Fetching one, Attempts.Held held) {
        String namespace = one.pod().getMetadata().getNamespace();
        String pod = one.pod().getMetadata().getName();
        int number = tries.merge(one.id(), 1, Integer::sum);
        try {
            Optional<String> commit = GitCommit.said(output.read(one.id(), namespace, pod, PodNames.CODE, LAST_LINES));
            if (commit.isPresent()) {
                known(one, commit.get(), held);
            } else if (number >= MOST_SILENT) {
                unknown(one, FailureClass.CONFIGURATION, "its output does not name it", held.fence());
            }
        } catch (KubernetesClientException e) {
            if (number >= MOST_UNREADABLE) {
                String why = "its output cannot be read: " + ApiAnswer.message(e);
                unknown(one, FailureClass.INFRASTRUCTURE, why, held.fence());
            }
        } catch (MLEngineException notInCharge) {
            LOG.debug("whoever is in charge next reads the commit of replica={}", one.id());
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void known(Replicas.Fetching one, String commit, Attempts.Held held) {
        AttemptId attempt = one.id().attempt();
        replicas.changed(api.annotate(one.pod(), Labels.CODE_REVISION, commit, held.fence()));
        String text = "attempt " + attempt.number() + " runs commit " + commit + " of revision "
                + GitCommit.revision(one.pod()).orElse("");
        notes.tell(held.owner(), attempt, "CodeResolved", text);
    }

    /** Alone a replica may run what it has; those that wait cannot follow it, and never start. */
    private void unknown(Replicas.Fetching first, FailureClass failureClass, String why, Fence fence) {
        givenUp.add(first.id());
        String message = "which commit git-sync has fetched is not known, " + why
                + ". Maybe name a full commit in code.git.revision, or use an image of git-sync 4.";
        LOG.warn("replica={} {}", first.id(), message);
        StartTrouble trouble = new StartTrouble(failureClass, "CodeCommitUnknown", message, true);
        for (Replicas.Fetching one : replicas.fetching(first.id().attempt())) {
            if (one.isWaiting()) {
                deletions.doom(one.id(), one.pod(), trouble, fence);
            }
        }
    }

    private void forget(AttemptId attempt) {
        open.remove(attempt);
        first.remove(attempt);
        tries.keySet().removeIf(replica -> replica.attempt().equals(attempt));
        givenUp.removeIf(replica -> replica.attempt().equals(attempt));
    }
}
