/**
 * Runs replicas as pods of a Kubernetes cluster.
 * The only place that knows Kubernetes; the only caller is the engine, through the SPI.
 */
@NullMarked
package io.mlengine.backend.k8s;

import org.jspecify.annotations.NullMarked;
