/** Whole engines with real processes below them: what must hold on a real machine. Tests only. */
@NullMarked
package io.mlengine.cli.real;

import org.jspecify.annotations.NullMarked;
