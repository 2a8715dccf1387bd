/**
 * What the author of a backend implements: the hands of the engine. A backend never decides; it carries out orders and
 * reports whole states. Stability: SPI.
 */
@NullMarked
package io.mlengine.spi.backend;

import org.jspecify.annotations.NullMarked;
