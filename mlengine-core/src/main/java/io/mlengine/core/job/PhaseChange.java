package io.mlengine.core.job;

import java.time.Instant;

/**
 * One step of a job's history.
 *
 * @param phase the phase entered
 * @param attempt the attempt at that time, 0 before the first
 * @param at when
 * @param reason short word, for example {@code Granted}
 * @param message one sentence for people, or empty
 */
public record PhaseChange(Phase phase, int attempt, Instant at, String reason, String message) {}
