/**
 * The vocabulary that crosses a border: ids, roles, resources, devices, placements. Values only: no behaviour that
 * decides, waits or reads a clock. Used by core, backends and plugins. Stability: SPI.
 */
@NullMarked
package io.mlengine.spi.model;

import org.jspecify.annotations.NullMarked;
