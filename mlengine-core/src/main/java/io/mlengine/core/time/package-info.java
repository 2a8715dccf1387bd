/** Where time comes in: the system's, or the test kit's virtual one. Stability: API. */
@NullMarked
package io.mlengine.core.time;

import org.jspecify.annotations.NullMarked;
