/**
 * The engine: one loop that owns the state, and the shell around it. Everything that waits or blocks happens outside
 * the loop and answers with a message. Stability: internal.
 */
@NullMarked
package io.mlengine.core.internal.engine;

import org.jspecify.annotations.NullMarked;
