/**
 * A real Kubernetes API server for tests, and nodes that only pretend.
 * Tests only, those of other modules too, through this module's test-jar. Knows nothing of the engine.
 */
@NullMarked
package io.mlengine.backend.k8s.testing;

import org.jspecify.annotations.NullMarked;
