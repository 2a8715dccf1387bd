/**
 * Which job starts where, which is stopped for it, and why the others wait: pure functions from {@link
 * io.mlengine.core.scheduling.ClusterState} to {@link io.mlengine.core.scheduling.Plan}. No clock, no IO, no hidden
 * ledger: equal states give equal plans, whatever the order of their lists. Called on the engine loop, by the simulator
 * and by what-if questions. Stability: the types named by {@link io.mlengine.core.scheduling.SchedulingPolicy} are API.
 */
@NullMarked
package io.mlengine.core.scheduling;

import org.jspecify.annotations.NullMarked;
