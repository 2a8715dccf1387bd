/**
 * Conversion: documents of other systems become {@code MLTrain} jobs. One table for each kind says what becomes of each
 * field; a field without a row is told as dropped, so nothing is lost without a word. Texts in, values out; no file is
 * opened here. Uses {@code core.document} for reading, and is used by nobody in core. Stability: API for {@code
 * ForeignJobs} and the values that it gives; the rest is internal.
 */
@NullMarked
package io.mlengine.core.convert;

import org.jspecify.annotations.NullMarked;
