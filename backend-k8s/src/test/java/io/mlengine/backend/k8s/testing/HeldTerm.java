package io.mlengine.backend.k8s.testing;

import io.mlengine.backend.k8s.cluster.Leadership;
import java.time.Instant;
import java.util.Optional;

/**
 * A leadership that is never lost.
 *
 * @param token its token
 */
public record HeldTerm(long token) implements Leadership {
    @Override
    public boolean isHeld() {
        return true;
    }

    @Override
    public Optional<Instant> heldUntil() {
        return Optional.empty();
    }
}
