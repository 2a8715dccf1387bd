/** Puts an engine together. The only internal package that sees everything. Stability: internal. */
@NullMarked
package io.mlengine.core.internal.inject;

import org.jspecify.annotations.NullMarked;
