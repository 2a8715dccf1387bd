package io.mlengine.core.api;

import java.util.SortedMap;

/**
 * How the engine is.
 *
 * @param status the sum of it
 * @param details name to value, for people and dashboards
 */
public record Health(Status status, SortedMap<String, String> details) {
    /** The sum of it. */
    public enum Status {
        /** All is well. */
        UP,
        /** It works with restrictions: the backend is blind, the store is slow. */
        DEGRADED,
        /** It does not work: closed, fenced or broken. */
        DOWN
    }
}
