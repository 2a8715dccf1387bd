/**
 * Measures what replicas use while they run. Stability: internal.
 */
@NullMarked
package io.mlengine.backend.local.sample;

import org.jspecify.annotations.NullMarked;
