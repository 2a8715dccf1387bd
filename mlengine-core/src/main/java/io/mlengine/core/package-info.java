/**
 * The engine: job models, state machine, scheduling, metering and the embedder's API.
 * Knows neither Kubernetes nor processes nor a framework's environment variables.
 */
@NullMarked
package io.mlengine.core;

import org.jspecify.annotations.NullMarked;
