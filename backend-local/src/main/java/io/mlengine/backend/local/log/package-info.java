/**
 * The output of replicas: followed while they run, kept in bounded files, read back in a guaranteed order, also by
 * another process after the run. May be used by the local backend and, for {@link
 * io.mlengine.backend.local.log.LogFolder}, by whoever reads a job's folder. Stability: internal except LogFolder.
 */
@NullMarked
package io.mlengine.backend.local.log;

import org.jspecify.annotations.NullMarked;
