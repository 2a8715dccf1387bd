package io.mlengine.core.api;

/** What becomes of jobs that have not ended when an engine is closed. */
public enum CloseMode {
    /** Jobs that have not ended are cancelled with their grace. */
    STOP_JOBS,
    /** New jobs are refused; returns when all jobs have ended. */
    DRAIN,
    /**
     * Jobs are left as they are, for the engine that takes over. Only where store and backend outlive the engine; a
     * backend that does not ends what it runs.
     */
    DETACH
}
