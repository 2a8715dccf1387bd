/**
 * What an embedder calls. Interfaces and values only; the entry point is {@code io.mlengine.core.MLEngines}.
 * Stability: API.
 */
@NullMarked
package io.mlengine.core.api;

import org.jspecify.annotations.NullMarked;
