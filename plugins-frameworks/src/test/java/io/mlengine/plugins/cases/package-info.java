/**
 * The conformance cases: what other systems' own tests hold, run against our life cycle, admission and launchers. A case
 * is recognised by its shape, so a new one of a known shape needs no code. Tests only.
 */
@NullMarked
package io.mlengine.plugins.cases;

import org.jspecify.annotations.NullMarked;
