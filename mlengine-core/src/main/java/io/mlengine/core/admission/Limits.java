package io.mlengine.core.admission;

/** The bounds that admission checks and the JSON Schema tells. */
public final class Limits {
    /** Longest DNS label. */
    public static final int DNS_LABEL = 63;

    /** Room that a replica's name keeps for attempt and restart: {@code -a999-r99}. */
    public static final int NAME_RESERVE = "-a999-r99".length();

    /** Most replicas of one role. */
    public static final int MOST_REPLICAS = 100_000;

    /** Most retries of one budget. */
    public static final int MOST_RETRIES = 100;

    /** Most devices of one replica. */
    public static final int MOST_GPUS = 1024;

    /** Largest amount of priority in either direction. */
    public static final int MOST_PRIORITY = 1_000_000_000;

    /** Largest number of a user or group. */
    public static final int MOST_ID = Integer.MAX_VALUE;

    /** Most tolerations of a role, and most requirements in all its alternatives. */
    public static final int MOST_CONSTRAINTS = 100;

    private Limits() {}
}
