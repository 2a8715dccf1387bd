package io.mlengine.spi.framework;

/**
 * When a replica counts as ready; roles that start after it wait for that, and the job is running when all are.
 *
 * @param kind the kind of condition
 * @param argument name of the port for {@link Kind#PORT}, path relative to {@code $MLENGINE_PLAN_DIR} for {@link
 *     Kind#FILE}, else empty
 */
public record Ready(Kind kind, String argument) {
    /** As soon as the process runs. */
    public static final Ready STARTED = new Ready(Kind.STARTED, "");

    /** The kinds of condition. */
    public enum Kind {
        /** The process runs. */
        STARTED,
        /** Something accepts connections on one of its leased ports. */
        PORT,
        /** A file exists. */
        FILE
    }

    /**
     * Ready when one of its ports accepts connections.
     *
     * @param name the port's name
     * @return the condition
     */
    public static Ready port(String name) {
        return new Ready(Kind.PORT, name);
    }

    /**
     * Ready when a file exists.
     *
     * @param path relative to {@code $MLENGINE_PLAN_DIR}
     * @return the condition
     */
    public static Ready file(String path) {
        return new Ready(Kind.FILE, path);
    }
}
