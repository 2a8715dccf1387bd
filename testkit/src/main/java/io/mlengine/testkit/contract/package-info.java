/** Contract tests: extend one with your own implementation and it is held to what ours are. Stability: API for test code. */
@NullMarked
package io.mlengine.testkit.contract;

import org.jspecify.annotations.NullMarked;
