package io.mlengine.spi.framework;

/**
 * A file that the plan brings, for example a host file.
 *
 * @param path path relative to {@code $MLENGINE_PLAN_DIR}, without {@code ..}
 * @param content its text, in UTF-8
 * @param executable whether it may be executed
 */
public record PlanFile(String path, String content, boolean executable) {
    /**
     * Stands for the replica's private folder in the words of a plan's command and in the text of its variables, where
     * no launcher can know the path: the backend puts the path there. Nothing else of a plan is expanded.
     */
    public static final String FOLDER = "$(MLENGINE_PLAN_DIR)";

    /** Refuses paths that leave the folder. */
    public PlanFile {
        if (path.isEmpty()
                || path.startsWith("/")
                || java.util.List.of(path.split("/")).contains("..")) {
            throw new IllegalArgumentException("not a relative path: " + path);
        }
    }

    /**
     * Names this file in a command or a variable of the same replica's plan.
     *
     * @return {@link #FOLDER} and the path
     */
    public String reference() {
        return FOLDER + "/" + path;
    }
}
