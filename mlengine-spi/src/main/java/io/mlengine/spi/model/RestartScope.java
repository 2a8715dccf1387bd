package io.mlengine.spi.model;

/** What is started again when a replica of the role fails in a way that may be retried. */
public enum RestartScope {
    /** Only that replica; for roles whose peers wait for it, such as parameter servers' workers. */
    REPLICA,
    /** All replicas of the role. */
    ROLE,
    /** The whole gang, as a new attempt; right for everything that uses all-reduce. */
    GROUP
}
