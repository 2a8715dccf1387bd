/**
 * What jobs used, in exact integers, derived from their stored records, so that a restart loses nothing and a replay
 * counts the same. Pure: no clock, no IO. Stability: API.
 */
@NullMarked
package io.mlengine.core.metering;

import org.jspecify.annotations.NullMarked;
