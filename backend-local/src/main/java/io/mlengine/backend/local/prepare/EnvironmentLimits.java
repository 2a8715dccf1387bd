package io.mlengine.backend.local.prepare;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How much the cache of environments may hold.
 *
 * @param age how long one stays that nobody uses
 * @param bytes what all of them may take
 */
public record EnvironmentLimits(Duration age, long bytes) {
    /**
     * Those that should go: broken ones, too old ones, and then those that were not used for longest until the others fit.
     * What is in use stays, but takes its part of the bytes.
     *
     * @param all the whole cache
     * @param now the time
     * @return the excess, the longest unused first
     */
    public List<CachedEnvironment> excess(List<CachedEnvironment> all, Instant now) {
        List<CachedEnvironment> excess = new ArrayList<>();
        long left = all.stream().mapToLong(CachedEnvironment::bytes).sum();
        for (CachedEnvironment environment : all.stream()
                .sorted(Comparator.comparing(CachedEnvironment::state, Comparator.reverseOrder())
                        .thenComparing(CachedEnvironment::lastUsed)
                        .thenComparing(CachedEnvironment::name))
                .toList()) {
            boolean goes = switch (environment.state()) {
                case IN_USE -> false;
                case BROKEN -> true;
                case READY ->
                    left > bytes
                            || Duration.between(environment.lastUsed(), now).compareTo(age) > 0;
            };
            if (goes) {
                excess.add(environment);
                left -= environment.bytes();
            }
        }
        return excess;
    }
}
