/**
 * What the API server asks the engine before it stores an object: the server over TLS, its certificates, the objects
 * that register it, and the decisions on {@code MLTrain}s and on pods of others.
 * Decisions are pure functions over JSON; only the server, the certificates' store and the registration do input and output.
 * Called by the operator. Internal.
 */
@NullMarked
package io.mlengine.backend.k8s.webhook;

import org.jspecify.annotations.NullMarked;
