package io.mlengine.spi.backend;

/** What becomes of what an attempt's replicas leave behind, beside devices and ports. */
public enum Cleanup {
    /** Everything stays until the job is removed. */
    KEEP,
    /** Work folders (or finished pods) go; logs, outputs and checkpoints stay. */
    REMOVE_WORK
}
