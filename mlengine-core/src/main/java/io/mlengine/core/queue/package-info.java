/**
 * Queues: their configuration, their tree and what is used of their limits. Pure: values and arithmetic only. Called by
 * admission (is this queue known?) and by scheduling (does this gang fit the limits?). Stability: API for the
 * configuration, internal for the rest.
 */
@NullMarked
package io.mlengine.core.queue;

import org.jspecify.annotations.NullMarked;
