/** Arbitraries for jqwik: states, jobs and faults that shrink to small examples. Stability: API for test code. */
@NullMarked
package io.mlengine.testkit.arbitrary;

import org.jspecify.annotations.NullMarked;
