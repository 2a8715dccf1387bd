/**
 * The API server as the engine's job store: each job is an {@code MLTrain} object, its record lies in the status, and what
 * users change in the spec reaches the engine as a wish. Internal but for {@code KubernetesJobStore}.
 */
@NullMarked
package io.mlengine.backend.k8s.store;

import org.jspecify.annotations.NullMarked;
