/** What several launchers must know of the machines that the replicas of a job are on. Stability: internal. */
@NullMarked
package io.mlengine.plugins.machine;

import org.jspecify.annotations.NullMarked;
