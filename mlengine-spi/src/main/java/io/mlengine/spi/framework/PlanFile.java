package io.mlengine.spi.framework;

/**
 * A file that the plan brings, for example a host file.
 *
 * @param path path relative to {@code $MLENGINE_PLAN_DIR}, without {@code ..}
 * @param content its text, in UTF-8
 * @param executable whether it may be executed
 */
public record PlanFile(String path, String content, boolean executable) {
    /** Refuses paths that leave the folder. */
    public PlanFile {
        if (path.isEmpty()
                || path.startsWith("/")
                || java.util.List.of(path.split("/")).contains("..")) {
            throw new IllegalArgumentException("not a relative path: " + path);
        }
    }
}
