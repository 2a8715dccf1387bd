/**
 * What the author of a framework plugin implements and returns. Everything here is a value or a pure function: no
 * launcher may read a clock, a file or the network. Stability: SPI.
 */
@NullMarked
package io.mlengine.spi.framework;

import org.jspecify.annotations.NullMarked;
