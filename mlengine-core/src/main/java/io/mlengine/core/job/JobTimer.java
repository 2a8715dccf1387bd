package io.mlengine.core.job;

/** The timers of a job; each is stored with its absolute time, so that a restart loses none. */
public enum JobTimer {
    /** The next attempt may be queued for the scheduler from then on. */
    BACK_OFF,
    /** The attempt must be ready by then. */
    START,
    /** The job must have ended by then. */
    DEADLINE,
    /** Without progress by then the attempt counts as hung. */
    PROGRESS,
    /** Success and failure that arrive together are decided then. */
    SETTLE,
    /** Replicas that still live are killed for good then. */
    DRAIN,
    /** The finished job is removed then. */
    TTL;

    /**
     * Tells whether the timer can do something in a phase. One that cannot stays set and fires in the next phase where
     * it can: a deadline, for example, waits while a preempted job drains.
     *
     * @param phase the phase
     * @return true when it fires there
     */
    public boolean firesIn(Phase phase) {
        return switch (this) {
            case BACK_OFF -> phase == Phase.QUEUED;
            case START -> phase == Phase.ADMITTED || phase == Phase.STARTING || phase == Phase.RESIZING;
            case DEADLINE ->
                phase == Phase.QUEUED || phase.holdsResources() && phase != Phase.SUSPENDING && phase != Phase.STOPPING;
            case PROGRESS -> phase == Phase.RUNNING;
            case SETTLE -> phase == Phase.STARTING || phase == Phase.RUNNING || phase == Phase.RESIZING;
            case DRAIN -> phase == Phase.RESTARTING || phase == Phase.SUSPENDING || phase == Phase.STOPPING;
            case TTL -> phase.isTerminal() && phase != Phase.DELETING;
        };
    }
}
