package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.framework.LogRule;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the last output of replicas that have ended, for as long as that may delay the news. Thread-safe. */
final class Endings {
    private static final Logger LOG = LoggerFactory.getLogger(Endings.class);

    private final PodOutput output;
    private final Attempts attempts;
    private final Executor readers;
    private final Duration limit;

    Endings(PodOutput output, Attempts attempts, Executor readers, Duration limit) {
        this.output = output;
        this.attempts = attempts;
        this.readers = readers;
        this.limit = limit;
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
        List<String> texts = new ArrayList<>();
        LogLines lines = new LogLines(end.id());
        Consumer<LogLine> sink = line -> texts.add(line.text());
        PodOutput.Part part = new PodOutput.Part(null, EndReport.linesFor(end, rules), false);
        long until = System.nanoTime() + limit.toNanos();
        try (PodOutput.Open open = output.open(place.namespace(), place.pod(), part, limit)) {
            while (true) {
                long left = (until - System.nanoTime()) / 1_000_000;
                ByteBuffer chunk = open.next(Math.max(0, left)).orElse(null);
                if (chunk == null || PodOutput.Open.isEnd(chunk)) {
                    lines.finish(sink);
                    break;
                }
                lines.feed(chunk, sink);
            }
        } catch (KubernetesClientException e) {
            LOG.debug("no last lines of replica={} code={}", end.id(), e.getCode());
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        return EndReport.of(end, texts, rules);
    }
}
