package io.mlengine.backend.k8s.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Who has been told something, who could not be told, and when these are told again: the later the more often it has
 * failed. Not thread-safe.
 */
final class Tellings {
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(2), Duration.ofMinutes(1));

    private final Map<String, Trial> trials = new HashMap<>();

    /** How often it has failed, and when it is worth another try; never once it has been told. */
    private record Trial(int failures, Optional<Instant> again) {}

    /** Whether nobody has been tried. */
    boolean isEmpty() {
        return trials.isEmpty();
    }

    /** Whether this one has not been tried. */
    boolean isNew(String who) {
        return !trials.containsKey(who);
    }

    /** When one that could not be told is told again; empty for all others. */
    Optional<Instant> again(String who) {
        return Optional.ofNullable(trials.get(who)).flatMap(Trial::again);
    }

    /** It has been told. */
    void told(String who) {
        trials.put(who, new Trial(0, Optional.empty()));
    }

    /** It could not be told. */
    void failed(String who, Instant now, RandomGenerator random) {
        Trial before = trials.get(who);
        int failures = before == null ? 1 : before.failures() + 1;
        trials.put(who, new Trial(failures, Optional.of(now.plus(BACKOFF.after(failures, random)))));
    }
}
