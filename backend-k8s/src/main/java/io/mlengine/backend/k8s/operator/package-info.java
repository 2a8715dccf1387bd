/**
 * A controller as a process: leads or stands by, runs one engine while it leads, tells how it is over HTTP, and says
 * what a cluster lacks for it. Knows everything else of this module; only programs use it.
 */
@NullMarked
package io.mlengine.backend.k8s.operator;

import org.jspecify.annotations.NullMarked;
