/**
 * Processes of this machine: starting them under a supervising shell, signals, the process table and control groups.
 * Knows nothing of jobs. May be used by the local backend only. Stability: internal.
 */
@NullMarked
package io.mlengine.backend.local.process;

import org.jspecify.annotations.NullMarked;
