/**
 * Judges a job before it is accepted: defaults, then every rule, all violations at once. Pure: no file, clock or thread.
 * Called by the engine, the command line and the documents. Stability: API.
 */
@NullMarked
package io.mlengine.core.admission;

import org.jspecify.annotations.NullMarked;
