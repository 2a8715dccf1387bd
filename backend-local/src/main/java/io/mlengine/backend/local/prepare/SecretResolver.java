package io.mlengine.backend.local.prepare;

import io.mlengine.spi.model.SecretRef;

/** Looks up what a secret says. What it gives is never written to a disk or a log. */
@FunctionalInterface
public interface SecretResolver {
    /**
     * Looks it up anew each time.
     *
     * @throws PreparationException when there is none or it is not kept safely
     */
    String resolve(SecretRef ref) throws PreparationException;
}
