/** The engine's meters for Micrometer, an optional dependency: nothing else refers to this package. Stability: API. */
@NullMarked
package io.mlengine.core.metrics;

import org.jspecify.annotations.NullMarked;
