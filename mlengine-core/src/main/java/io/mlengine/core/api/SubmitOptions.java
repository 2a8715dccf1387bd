package io.mlengine.core.api;

import java.util.Optional;

/**
 * What a submit carries beside the job.
 *
 * @param user who submits, for usage records and views
 * @param idempotencyKey the same key gives the same job; empty for none
 */
public record SubmitOptions(String user, Optional<String> idempotencyKey) {
    /** The user of this process, no key. */
    public static final SubmitOptions DEFAULT =
            new SubmitOptions(System.getProperty("user.name", "unknown"), Optional.empty());
}
