/**
 * The production engine in a simulated world: one thread, virtual time, and a seed that decides the order of everything
 * that could happen in another order.
 */
@NullMarked
package io.mlengine.testkit.sim;

import org.jspecify.annotations.NullMarked;
