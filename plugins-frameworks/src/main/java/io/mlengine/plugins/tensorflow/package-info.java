/**
 * TensorFlow: every process finds its task and the cluster in {@code TF_CONFIG}, which is known here and nowhere else.
 * Stability: internal.
 */
@NullMarked
package io.mlengine.plugins.tensorflow;

import org.jspecify.annotations.NullMarked;
