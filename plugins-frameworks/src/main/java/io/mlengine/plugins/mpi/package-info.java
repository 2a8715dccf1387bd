/**
 * MPI: mpirun in a launcher replica starts ranks in worker replicas, through the engine's remote shell. The variables of
 * Open MPI, Intel MPI and MPICH are known here and nowhere else. Stability: internal.
 */
@NullMarked
package io.mlengine.plugins.mpi;

import org.jspecify.annotations.NullMarked;
