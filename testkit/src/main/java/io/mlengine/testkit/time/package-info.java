/** Virtual time: moves only when told. */
@NullMarked
package io.mlengine.testkit.time;

import org.jspecify.annotations.NullMarked;
