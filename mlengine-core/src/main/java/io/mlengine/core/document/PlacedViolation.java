package io.mlengine.core.document;

import io.mlengine.spi.model.Violation;
import java.util.Optional;

/**
 * A violation and its place in the document.
 *
 * @param violation what is wrong
 * @param position where, or empty for a job that comes from no document
 */
public record PlacedViolation(Violation violation, Optional<SourcePosition> position) {
    static PlacedViolation of(Violation violation, SourcePosition position) {
        return new PlacedViolation(violation, Optional.of(position));
    }

    @Override
    public String toString() {
        return position.map(place -> place + " ").orElse("") + violation;
    }
}
