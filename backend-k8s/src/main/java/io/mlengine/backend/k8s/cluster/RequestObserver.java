package io.mlengine.backend.k8s.cluster;

import java.time.Duration;

/** Hears of each request to the API server, to count them. Called by several threads; must not block or throw. */
@FunctionalInterface
public interface RequestObserver {
    /** Counts nothing. */
    RequestObserver NONE = (verb, resource, status, took) -> {};

    /**
     * A request was answered, or was not. Every try counts by itself.
     *
     * @param verb what was asked, such as {@code POST}; {@code WATCH} for watches
     * @param resource plural name, with the subresource after a slash; {@code other} for what is none
     * @param status the HTTP status, 0 without an answer
     * @param took until the head of the answer
     */
    void answered(String verb, String resource, int status, Duration took);
}
