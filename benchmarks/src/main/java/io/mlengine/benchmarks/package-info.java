/** How fast the engine is and how much memory it takes; {@code benchmarks/run} runs it, docs/benchmarks.md tells. */
@NullMarked
package io.mlengine.benchmarks;

import org.jspecify.annotations.NullMarked;
