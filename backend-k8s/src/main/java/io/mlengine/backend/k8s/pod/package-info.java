/**
 * Pure functions between the engine's vocabulary and the objects of Kubernetes: what is launched becomes pods and what
 * they need, pods become reports, nodes become room for replicas. Nothing here talks to an API server, reads a clock or
 * keeps state. Called by the backend, the webhooks and the scheduler of this module.
 */
@NullMarked
package io.mlengine.backend.k8s.pod;

import org.jspecify.annotations.NullMarked;
