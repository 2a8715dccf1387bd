/**
 * Jobs that another controller runs: what object a job becomes there, what is made of that object's status, and the
 * controller that keeps both in step while this process leads. All decisions are in {@code DelegateDecision} and pure.
 * Stability: internal.
 */
@NullMarked
package io.mlengine.backend.k8s.delegate;

import org.jspecify.annotations.NullMarked;
