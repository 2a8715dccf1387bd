/**
 * Launchers of the machine-learning frameworks, packaged as a PF4J plugin.
 * Sees the SPI only; the only place that knows a framework's environment variables.
 */
@NullMarked
package io.mlengine.plugins;

import org.jspecify.annotations.NullMarked;
