/**
 * The vocabulary that crosses a border of the engine, and the interfaces that plugins and backends implement.
 * Stability: SPI. Depends on the JDK, JSpecify and annotations only.
 */
@NullMarked
package io.mlengine.spi;

import org.jspecify.annotations.NullMarked;
