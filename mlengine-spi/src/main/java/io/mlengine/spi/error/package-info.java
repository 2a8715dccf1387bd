/** The one exception family. Mistakes of users are values ({@code Violation}), not exceptions. Stability: SPI. */
@NullMarked
package io.mlengine.spi.error;

import org.jspecify.annotations.NullMarked;
