/**
 * Runs short-lived programs of the machine, such as git, pip and nvidia-smi. Replicas are not run from here. Stability:
 * internal.
 */
@NullMarked
package io.mlengine.backend.local.tool;

import org.jspecify.annotations.NullMarked;
