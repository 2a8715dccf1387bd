/**
 * Who may use which device and port, across all engines and users of this machine. Stability: internal.
 */
@NullMarked
package io.mlengine.backend.local.lease;

import org.jspecify.annotations.NullMarked;
