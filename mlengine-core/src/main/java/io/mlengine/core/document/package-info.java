/**
 * Documents: the one field table of {@code MLTrain}, and what it drives: the strict parser for YAML and JSON, the
 * writer, the JSON Schema, {@code --set}, and the stored form of job records. Texts in, values and violations out; no
 * file is opened here. Parsers of foreign libraries are used in this package and nowhere else. Stability: API.
 */
@NullMarked
package io.mlengine.core.document;

import org.jspecify.annotations.NullMarked;
