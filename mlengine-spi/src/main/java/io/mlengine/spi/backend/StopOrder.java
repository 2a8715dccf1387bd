package io.mlengine.spi.backend;

import java.time.Duration;

/**
 * How to stop.
 *
 * @param grace time between TERM and KILL
 * @param reason why, for logs
 */
public record StopOrder(Duration grace, StopReason reason) {}
