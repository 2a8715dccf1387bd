/**
 * What is shared with the cluster over time: the lease by which one of several controllers leads, informers, bindings.
 * Knows the resources and pods, nothing of webhooks or of the operator. Internal, but for the types of the lease.
 */
@NullMarked
package io.mlengine.backend.k8s.cluster;

import org.jspecify.annotations.NullMarked;
