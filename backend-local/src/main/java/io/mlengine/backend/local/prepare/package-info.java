/**
 * Everything that must lie ready before an attempt starts: code, inputs, Python, secrets. May block for minutes; called on
 * the effect threads only. Stability: internal.
 */
@NullMarked
package io.mlengine.backend.local.prepare;

import org.jspecify.annotations.NullMarked;
