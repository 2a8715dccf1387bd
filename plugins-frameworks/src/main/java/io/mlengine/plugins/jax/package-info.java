/**
 * JAX: one process for each replica, which meet at the coordinator of process 0. The environment variables of JAX are
 * known here and nowhere else. Stability: internal.
 */
@NullMarked
package io.mlengine.plugins.jax;

import org.jspecify.annotations.NullMarked;
