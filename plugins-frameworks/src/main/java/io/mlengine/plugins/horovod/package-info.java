/**
 * Horovod over Gloo, without mpirun and ssh: of fixed size, or elastic under horovodrun. The environment variables of Horovod are known here and nowhere else. Stability: internal.
 */
@NullMarked
package io.mlengine.plugins.horovod;

import org.jspecify.annotations.NullMarked;
