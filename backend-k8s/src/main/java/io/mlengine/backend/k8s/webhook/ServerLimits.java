package io.mlengine.backend.k8s.webhook;

import java.time.Duration;

/**
 * What the server grants at most.
 *
 * @param bodyBytes the largest body
 * @param connections how many requests are read at the same time; the others wait
 * @param reviews how many are decided at the same time; the others wait
 * @param exchange the longest time of one request, from the first byte to the answer
 */
record ServerLimits(int bodyBytes, int connections, int reviews, Duration exchange) {
    /**
     * The API server takes objects of 3 MiB and stores 1.5 MiB, of which a change shows two; it waits 10 s for us.
     */
    static final ServerLimits DEFAULT = new ServerLimits(4 << 20, 64, 8, Duration.ofSeconds(12));
}
