package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.pod.PodNames;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.framework.LogRule;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the last output of replicas that have ended, for as long as that may delay the news. Thread-safe. */
final class Endings {
    private static final Logger LOG = LoggerFactory.getLogger(Endings.class);

    private final OutputEnd output;
    private final Attempts attempts;
    private final Executor readers;

    Endings(OutputEnd output, Attempts attempts, Executor readers) {
        this.output = output;
        this.attempts = attempts;
        this.readers = readers;
    }

    /** Calls with the whole end, exactly once, from another thread or, when there is too much to read, at once. */
    void complete(ReplicaStatus end, LogPlace place, Consumer<ReplicaStatus> told) {
        List<LogRule> rules = attempts.rules(end.id());
        try {
            readers.execute(() -> told.accept(read(end, place, rules)));
        } catch (RejectedExecutionException tooMany) {
            told.accept(end);
        }
    }

    private ReplicaStatus read(ReplicaStatus end, LogPlace place, List<LogRule> rules) {
        List<String> texts = List.of();
        try {
            texts = output.read(
                    end.id(), place.namespace(), place.pod(), PodNames.MAIN, EndReport.linesFor(end, rules));
        } catch (KubernetesClientException e) {
            LOG.debug("no last lines of replica={} code={}", end.id(), e.getCode());
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        return EndReport.of(end, texts, rules);
    }
}
