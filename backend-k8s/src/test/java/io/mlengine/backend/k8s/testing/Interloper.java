package io.mlengine.backend.k8s.testing;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.concurrent.atomic.AtomicReference;

/** Does something at the API server in the very moment before a certain request of a client is sent. */
public final class Interloper implements Interceptor {
    private static final Runnable NOTHING = () -> {};

    private final String method;
    private final String pathEnd;
    private final AtomicReference<Runnable> deed;

    private Interloper(String method, String pathEnd, Runnable deed) {
        this.method = method;
        this.pathEnd = pathEnd;
        this.deed = new AtomicReference<>(deed);
    }

    /**
     * A client with all rights whose request is preceded once; the caller closes it.
     *
     * @param method of the request
     * @param pathEnd what its path ends in
     * @param deed done with another client
     */
    public static KubernetesClient before(KubernetesServer server, String method, String pathEnd, Runnable deed) {
        return new KubernetesClientBuilder()
                .withConfig(server.client().getConfiguration())
                .withHttpClientBuilderConsumer(
                        http -> http.addOrReplaceInterceptor("interloper", new Interloper(method, pathEnd, deed)))
                .build();
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (request.method().equals(method) && request.uri().getPath().endsWith(pathEnd)) {
            deed.getAndSet(NOTHING).run();
        }
    }
}
