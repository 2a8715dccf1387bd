/**
 * The state machine: one pure function from (record, event, now) to (record', effects), and its transition table as
 * data. No clock, no IO, no logging. Called on the engine loop only. Stability: internal.
 */
@NullMarked
package io.mlengine.core.lifecycle;

import org.jspecify.annotations.NullMarked;
