package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservedRequestsTest {
    @ParameterizedTest
    @CsvSource({
        "/api/v1/pods, pods",
        "/api/v1/nodes/n1, nodes",
        "/api/v1/namespaces/team/pods, pods",
        "/api/v1/namespaces/team/pods/bert-worker-0-a1/binding, pods/binding",
        "/api/v1/namespaces/team/pods/bert/log, pods/log",
        "/api/v1/namespaces/team, namespaces",
        "/api/v1/namespaces, namespaces",
        "/apis/mlengine.io/v1/namespaces/team/mltrains/bert/status, mltrains/status",
        "/apis/mlengine.io/v1/mlqueues, mlqueues",
        "/apis/authorization.k8s.io/v1/subjectaccessreviews, subjectaccessreviews",
        "/version, other",
        "/apis/mlengine.io/v1, other",
        "/api/v1, other"
    })
    void aResourceIsToldWithoutTheNamesOfObjects(String path, String resource) {
        assertThat(ObservedRequests.resource(path)).isEqualTo(resource);
    }

    @Test
    void aRequestWithoutAnAnswerIsToldWithTheNextOne() {
        AtomicLong now = new AtomicLong();
        List<String> told = new ArrayList<>();
        ObservedRequests requests = new ObservedRequests(
                (verb, resource, status, took) ->
                        told.add(verb + " " + resource + " " + status + " " + took.toSeconds()),
                now::get);
        requests.consumer((value, body) -> {}, get("/api/v1/pods"));
        now.addAndGet(Duration.ofSeconds(60).toNanos());
        requests.consumer((value, body) -> {}, get("/api/v1/nodes"));
        assertThat(told).isEmpty();

        now.addAndGet(Duration.ofSeconds(10).toNanos());
        requests.consumer((value, body) -> {}, get("/api/v1/nodes"));
        assertThat(told).containsExactly("GET pods 0 70");
    }

    private static HttpRequest get(String path) {
        return new StandardHttpRequest(Map.of(), URI.create("https://h" + path), "GET", null);
    }

    @Test
    void watchesAreAVerbOfTheirOwn() {
        assertThat(ObservedRequests.verb(
                        "GET", URI.create("https://h/api/v1/pods?allowWatchBookmarks=true&watch=true")))
                .isEqualTo("WATCH");
        assertThat(ObservedRequests.verb("GET", URI.create("https://h/api/v1/pods?labelSelector=watch%3Dtrue2")))
                .isEqualTo("GET");
        assertThat(ObservedRequests.verb("GET", URI.create("https://h/api/v1/pods")))
                .isEqualTo("GET");
    }
}
