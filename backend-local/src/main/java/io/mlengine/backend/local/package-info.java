/**
 * Runs replicas as processes on the devices of this machine.
 * May use the SPI and core's public API; the only caller is the engine, through the SPI.
 */
@NullMarked
package io.mlengine.backend.local;

import org.jspecify.annotations.NullMarked;
