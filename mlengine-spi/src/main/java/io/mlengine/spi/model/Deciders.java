package io.mlengine.spi.model;

/** Which replicas of a role decide that the job has succeeded. */
public enum Deciders {
    /** None: the role counts as tracked, other roles decide. When no role decides, all tracked roles do. */
    NONE,
    /** The replica with index 0. */
    FIRST,
    /** All of the role's current replicas. */
    ALL
}
