/**
 * A remote shell without ssh, for launchers whose programs start processes on other hosts themselves. Knows no
 * framework. Stability: internal.
 */
@NullMarked
package io.mlengine.plugins.shell;

import org.jspecify.annotations.NullMarked;
