/** What the lines that programs write say to the engine; for backends. Pure. Stability: API. */
@NullMarked
package io.mlengine.core.output;

import org.jspecify.annotations.NullMarked;
