/**
 * Tells people what this machine offers and what it lacks, each with a remedy. Stability: internal.
 */
@NullMarked
package io.mlengine.backend.local.doctor;

import org.jspecify.annotations.NullMarked;
