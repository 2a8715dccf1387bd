package io.mlengine.core.api;

import io.mlengine.core.job.Phase;
import io.mlengine.spi.model.JobId;
import java.time.Instant;

/**
 * Something that happened to a job and is stored, with the job as it is after it.
 *
 * @param sequence rises by one with each event of an engine
 * @param at when it was seen by the engine
 * @param job the job
 * @param type what kind of change
 * @param phase for {@link Type#PHASE} the phase that was entered, which the view may have left already; else the view's
 * @param text one sentence for people, or empty
 * @param view the job after it
 */
public record EngineEvent(long sequence, Instant at, JobId job, Type type, Phase phase, String text, JobView view) {
    /** The kinds of change. */
    public enum Type {
        /** It was accepted. */
        SUBMITTED,
        /** It entered another phase. */
        PHASE,
        /** One of its replicas changed. */
        REPLICA,
        /**
         * It waits for another reason, or at another position. The further back in its queue, the more rarely this is
         * told: once in as many seconds as there are jobs before it, at least every ten minutes. Views are always exact.
         */
        WAITING,
        /** It reported progress. */
        PROGRESS,
        /** A remark, for example of a launcher. */
        NOTE,
        /** Its record is gone; the view is the last one. */
        DELETED
    }
}
