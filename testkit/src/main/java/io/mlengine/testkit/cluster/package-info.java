/**
 * A second opinion on scheduling: applies plans, keeps its own accounts and finds places by trying everything. Slow and
 * simple on purpose, and shares no code with the policies. Stability: API for test code.
 */
@NullMarked
package io.mlengine.testkit.cluster;

import org.jspecify.annotations.NullMarked;
