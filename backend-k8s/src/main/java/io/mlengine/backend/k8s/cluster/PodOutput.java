package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.mlengine.backend.k8s.pod.PodNames;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Opens the output of pods. Thread-safe. */
final class PodOutput {
    private final KubernetesClient client;
    private final HttpClient http;

    PodOutput(KubernetesClient client) {
        this.client = client;
        this.http = client.getHttpClient();
    }

    /**
     * Which part of the output to read.
     *
     * @param since lines before the second of this time are left out; null for all
     * @param lastLines only so many of the lines that exist; negative for all
     * @param follow whether to go on until the container ends
     */
    record Part(@Nullable Instant since, int lastLines, boolean follow) {}

    /** Opens the output of a replica's program. */
    Open open(String namespace, String pod, Part part, Duration patience) throws InterruptedException {
        return open(namespace, pod, PodNames.MAIN, part, patience);
    }

    /**
     * Opens the output of a pod's container, each line with its time in front.
     *
     * @param patience how long to wait for the server's answer
     * @throws KubernetesClientException when the server refuses, for example since the container has not started (400)
     */
    Open open(String namespace, String pod, String container, Part part, Duration patience)
            throws InterruptedException {
        StringBuilder url = new StringBuilder(client.getMasterUrl().toString());
        url.append(url.charAt(url.length() - 1) == '/' ? "" : "/")
                .append("api/v1/namespaces/")
                .append(namespace)
                .append("/pods/")
                .append(pod)
                .append("/log?timestamps=true&container=")
                .append(container)
                .append("&follow=")
                .append(part.follow());
        if (part.lastLines() >= 0) {
            url.append("&tailLines=").append(part.lastLines());
        }
        Instant since = part.since();
        if (since != null) {
            String second = since.truncatedTo(ChronoUnit.SECONDS).toString();
            url.append("&sinceTime=").append(URLEncoder.encode(second, StandardCharsets.UTF_8));
        }
        HttpRequest.Builder request = http.newHttpRequestBuilder().uri(url.toString());
        return Open.of(http, (part.follow() ? request.forStreaming() : request).build(), patience);
    }

    /** Output that is being read; its reader pulls, so a slow one slows down only its own stream. */
    static final class Open implements AutoCloseable {
        private static final ByteBuffer END = ByteBuffer.allocate(0);

        private final LinkedBlockingQueue<ByteBuffer> chunks = new LinkedBlockingQueue<>();
        private @Nullable AsyncBody body;
        private volatile boolean isDone;

        private Open() {}

        private static Open of(HttpClient http, HttpRequest request, Duration patience) throws InterruptedException {
            Open open = new Open();
            CompletableFuture<HttpResponse<AsyncBody>> sent =
                    http.consumeBytes(request, (buffers, body) -> open.take(buffers, body));
            try {
                HttpResponse<AsyncBody> response = sent.get(patience.toMillis(), TimeUnit.MILLISECONDS);
                AsyncBody body = response.body();
                open.body = body;
                body.done().whenComplete((unused, error) -> open.end());
                body.consume();
                if (!response.isSuccessful()) {
                    // Read to its end: a connection that is cut here may be in use by the next request already.
                    open.drain(patience);
                    throw new KubernetesClientException("no output", response.code(), null);
                }
                return open;
            } catch (ExecutionException | TimeoutException e) {
                sent.thenAccept(late -> late.body().cancel());
                throw new KubernetesClientException("cannot read the output of a pod", e);
            }
        }

        private void take(List<ByteBuffer> buffers, AsyncBody from) {
            if (buffers.isEmpty()) {
                from.consume();
            } else {
                chunks.addAll(buffers);
            }
        }

        /** The next bytes; empty when none came in time; none remaining at the end. */
        Optional<ByteBuffer> next(long timeoutMillis) throws InterruptedException {
            ByteBuffer chunk = chunks.poll(timeoutMillis, TimeUnit.MILLISECONDS);
            if (chunk == null) {
                return Optional.empty();
            }
            AsyncBody current = body;
            if (chunk != END && chunks.isEmpty() && current != null) {
                current.consume();
            }
            return Optional.of(chunk);
        }

        private void end() {
            isDone = true;
            chunks.add(END);
        }

        private void drain(Duration patience) throws InterruptedException {
            ByteBuffer chunk = next(patience.toMillis()).orElse(END);
            while (chunk != END) {
                chunk = next(patience.toMillis()).orElse(END);
            }
        }

        static boolean isEnd(ByteBuffer chunk) {
            return chunk == END;
        }

        @Override
        public void close() {
            AsyncBody current = body;
            if (current != null && !isDone) {
                current.cancel();
            }
        }
    }
}
