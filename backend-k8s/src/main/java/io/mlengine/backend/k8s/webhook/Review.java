package io.mlengine.backend.k8s.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.mlengine.spi.model.ModelStyle;
import java.util.Optional;
import org.immutables.value.Value;

/** One question of the API server: may this be stored? */
@ModelStyle
@Value.Immutable
interface Review {
    /**
     * What happens to the object.
     *
     * @return the operation
     */
    Operation operation();

    /**
     * The question's own id, which the answer repeats.
     *
     * @return the uid
     */
    String uid();

    /**
     * Kind of the object.
     *
     * @return for example {@code Pod}
     */
    String kind();

    /**
     * Name of the object.
     *
     * @return the name, empty while the API server has not made it yet
     */
    default @Value.Default String name() {
        return "";
    }

    /**
     * Namespace of the object.
     *
     * @return the namespace, empty for objects without one
     */
    default @Value.Default String namespace() {
        return "";
    }

    /**
     * Part of the object that is asked for.
     *
     * @return for example {@code scale}, empty for the object itself
     */
    default @Value.Default String subResource() {
        return "";
    }

    /**
     * Who wants it.
     *
     * @return the user as the API server has recognised him
     */
    Requester user();

    /**
     * The object as it would be stored.
     *
     * @return the object, or empty when it is deleted
     */
    Optional<JsonNode> object();

    /**
     * The object as it is stored.
     *
     * @return the object, or empty when it is created
     */
    Optional<JsonNode> oldObject();

    /** What may happen to an object. */
    enum Operation {
        /** It is made. */
        CREATE,
        /** It is changed. */
        UPDATE,
        /** It goes. */
        DELETE,
        /** Somebody connects to it. */
        CONNECT
    }

    /**
     * Starts a review.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link Review}. */
    final class Builder extends ImmutableReview.Builder {}
}
