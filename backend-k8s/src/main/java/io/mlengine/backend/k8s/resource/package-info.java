/**
 * The resources of the group {@code mlengine.io} as Java models, what is written on everything that the engine makes in
 * a cluster, and the manifests that install it. Pure: nothing here talks to an API server. API for embedders of the
 * Kubernetes backend.
 */
@NullMarked
package io.mlengine.backend.k8s.resource;

import org.jspecify.annotations.NullMarked;
