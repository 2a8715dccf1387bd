package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.ReplicaId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Reads the last lines of a container that has ended. Thread-safe; blocks. */
final class OutputEnd {
    private final PodOutput output;
    private final Duration limit;

    OutputEnd(PodOutput output, Duration limit) {
        this.output = output;
        this.limit = limit;
    }

    /**
     * Reads, for as long as the limit allows.
     *
     * @throws KubernetesClientException when the server cannot give it
     */
    List<String> read(ReplicaId replica, String namespace, String pod, String container, int lastLines)
            throws InterruptedException {
        List<String> texts = new ArrayList<>();
        LogLines lines = new LogLines(replica);
        Consumer<LogLine> sink = line -> texts.add(line.text());
        PodOutput.Part part = new PodOutput.Part(null, lastLines, false);
        long until = System.nanoTime() + limit.toNanos();
        try (PodOutput.Open open = output.open(namespace, pod, container, part, limit)) {
            while (true) {
                long left = (until - System.nanoTime()) / 1_000_000;
                ByteBuffer chunk = open.next(Math.max(0, left)).orElse(null);
                if (chunk == null || PodOutput.Open.isEnd(chunk)) {
                    lines.finish(sink);
                    break;
                }
                lines.feed(chunk, sink);
            }
        }
        return texts;
    }
}
