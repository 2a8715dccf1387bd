/**
 * The immutable job: what the user wrote ({@code MLTrain}) and what became of it ({@code JobRecord}). Values only; who
 * may change a record is {@code core.lifecycle}. Stability: API.
 */
@NullMarked
package io.mlengine.core.job;

import org.jspecify.annotations.NullMarked;
