/** Any program, started N times: for what has no framework and for what finds its peers by itself. Stability: internal. */
@NullMarked
package io.mlengine.plugins.command;

import org.jspecify.annotations.NullMarked;
