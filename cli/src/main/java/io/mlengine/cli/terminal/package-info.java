/** What a terminal can do and how lines are drawn on it. Knows nothing of jobs. Internal. */
@NullMarked
package io.mlengine.cli.terminal;

import org.jspecify.annotations.NullMarked;
