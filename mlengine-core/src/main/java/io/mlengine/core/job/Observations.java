package io.mlengine.core.job;

import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.model.ReplicaKey;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was seen of a job's replicas while they ran: no decision rests on it. It is written whenever the record is
 * written for another reason, so that it can be read after the end.
 *
 * @param progress the newest progress
 * @param use what each replica used, over all its attempts
 */
public record Observations(Optional<Progress> progress, SortedMap<ReplicaKey, ReplicaUse> use) {
    /** Nothing seen. */
    public static final Observations NONE = new Observations(Optional.empty(), Collections.emptySortedMap());

    /** Copies the map. */
    public Observations {
        use = Collections.unmodifiableSortedMap(new TreeMap<>(use));
    }
}
