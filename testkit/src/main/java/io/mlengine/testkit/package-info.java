/**
 * Virtual time, the simulated backend, arbitraries, invariants and contract tests for plugins and backends.
 * Stability: API for test code; never on the class path of production.
 */
@NullMarked
package io.mlengine.testkit;

import org.jspecify.annotations.NullMarked;
