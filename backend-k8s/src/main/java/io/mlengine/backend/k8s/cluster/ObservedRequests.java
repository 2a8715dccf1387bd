package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells an observer of all requests of a client. Thread-safe. */
public final class ObservedRequests implements Interceptor {
    private static final String NAME = "mlengine-observed";
    private static final Pattern PATH = Pattern.compile(
            "/(?:api|apis/[^/]+)/[^/]+/(?:namespaces/[^/]+/(?=[^/]))?(?<resource>[a-z]+)(?:/[^/]+(?:/(?<part>[a-z]+))?)?");
    private static final Pattern WATCH = Pattern.compile("(?:^|&)watch=true(?:&|$)");

    /** Longer than any client waits. The client does not tell of requests that get no answer and are not made again. */
    private static final long UNANSWERED_NANOS = Duration.ofSeconds(60).toNanos();

    private static final long LOOK_NANOS = Duration.ofSeconds(10).toNanos();

    private final RequestObserver observer;
    private final LongSupplier nanos;
    private final Map<UUID, Begun> begun = new ConcurrentHashMap<>();
    private final AtomicLong lookedAt;

    private record Begun(HttpRequest request, long at) {}

    ObservedRequests(RequestObserver observer, LongSupplier nanos) {
        this.observer = observer;
        this.nanos = nanos;
        this.lookedAt = new AtomicLong(nanos.getAsLong());
    }

    /**
     * Has the requests of a client observed that is about to be built.
     *
     * @param client the builder
     * @param observer hears of them
     * @return the builder
     */
    public static KubernetesClientBuilder of(KubernetesClientBuilder client, RequestObserver observer) {
        return client.withHttpClientBuilderConsumer(
                http -> http.addOrReplaceInterceptor(NAME, new ObservedRequests(observer, System::nanoTime)));
    }

    /** Right before each try; what {@code before} is given is another object with another id. */
    @Override
    public AsyncBody.Consumer<List<ByteBuffer>> consumer(
            AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
        begun.put(request.id(), new Begun(request, nanos.getAsLong()));
        lookForUnanswered();
        return consumer;
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        Begun one = begun.remove(request.id());
        if (one != null) {
            tell(one, response.code());
        }
    }

    private void lookForUnanswered() {
        long now = nanos.getAsLong();
        long before = lookedAt.get();
        if (now - before >= LOOK_NANOS && lookedAt.compareAndSet(before, now)) {
            begun.forEach((id, one) -> {
                if (now - one.at() > UNANSWERED_NANOS && begun.remove(id, one)) {
                    tell(one, 0);
                }
            });
        }
    }

    private void tell(Begun one, int status) {
        URI uri = one.request().uri();
        observer.answered(
                verb(one.request().method(), uri),
                resource(uri.getPath()),
                status,
                Duration.ofNanos(nanos.getAsLong() - one.at()));
    }

    static String verb(String method, URI uri) {
        String query = uri.getQuery();
        return query != null && WATCH.matcher(query).find() ? "WATCH" : method;
    }

    /** Never a name: there are too many of them. */
    static String resource(String path) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            return "other";
        }
        String part = matcher.group("part");
        return matcher.group("resource") + (part == null ? "" : "/" + part);
    }
}
