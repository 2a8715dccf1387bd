package io.mlengine.spi.backend;

import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Placement;

/**
 * What an attempt claims.
 *
 * @param attempt the attempt
 * @param job the job
 * @param placement where each replica goes, with its devices
 * @param needs the ports
 */
public record ReserveOrder(AttemptId attempt, JobShape job, Placement placement, Needs needs) {}
