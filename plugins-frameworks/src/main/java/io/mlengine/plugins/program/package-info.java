/**
 * Programs that plans bring along, read from the plugin's jar. Knows no framework. Stability: internal.
 */
@NullMarked
package io.mlengine.plugins.program;

import org.jspecify.annotations.NullMarked;
