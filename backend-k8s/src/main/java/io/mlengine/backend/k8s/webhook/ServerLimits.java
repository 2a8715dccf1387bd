package io.mlengine.backend.k8s.webhook;

import java.time.Duration;

/**
 * What the server grants at most.
 *
 * @param bodyBytes the largest body
 * @param connections how many requests are read at the same time
 * @param reviews how many are decided at the same time; the others wait
 * @param exchange the longest time of one request, from the first byte to the answer
 */
record ServerLimits(int bodyBytes, int connections, int reviews, Duration exchange) {
    /** The API server allows webhooks 30 s at most, and sends objects of 3 MiB at most. */
    static final ServerLimits DEFAULT = new ServerLimits(3 << 20, 64, 8, Duration.ofSeconds(35));
}
