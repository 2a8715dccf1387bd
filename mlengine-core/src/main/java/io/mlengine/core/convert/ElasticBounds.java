package io.mlengine.core.convert;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Least and largest number of an elastic role; without one of them the operator takes the number at the start. */
final class ElasticBounds {
    private ElasticBounds() {}

    static void apply(RoleDraft role, @Nullable ForeignValue least, @Nullable ForeignValue most) {
        int start = role.replicas;
        int lower = Optional.ofNullable(least).flatMap(value -> value.whole(1)).orElse(start);
        int upper = Optional.ofNullable(most).flatMap(value -> value.whole(1)).orElse(Math.max(start, lower));
        role.role.minReplicas(lower).maxReplicas(upper);
        int within = Math.max(lower, Math.min(upper, start));
        if (within != start) {
            role.source.changed("starts with " + within + " replicas, since " + start + " is out of its bounds", "");
            role.replicas = within;
        }
    }
}
