/** Pure functions from what is known of a job to lines of a screen. No IO, no clock. Internal. */
@NullMarked
package io.mlengine.cli.view;

import org.jspecify.annotations.NullMarked;
