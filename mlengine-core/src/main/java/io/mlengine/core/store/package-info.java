/**
 * The seam behind which records are kept, with the in-memory and the folder store. May do IO; never decides.
 * Stability: API.
 */
@NullMarked
package io.mlengine.core.store;

import org.jspecify.annotations.NullMarked;
