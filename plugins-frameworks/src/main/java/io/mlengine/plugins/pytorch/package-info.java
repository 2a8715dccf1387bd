/**
 * PyTorch, as one engine process per rank or through torchrun's agents. The environment variables of torch and torchrun
 * are known here and nowhere else. Stability: internal.
 */
@NullMarked
package io.mlengine.plugins.pytorch;

import org.jspecify.annotations.NullMarked;
