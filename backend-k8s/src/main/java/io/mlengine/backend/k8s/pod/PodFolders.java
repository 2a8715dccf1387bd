package io.mlengine.backend.k8s.pod;

/** Where a replica finds things inside its container. */
final class PodFolders {
    static final String PLAN = "/mlengine/plan";
    static final String CODE = "/mlengine/code";
    static final String OUTPUTS = "/mlengine/outputs";
    static final String CHECKPOINTS = "/mlengine/checkpoints";
    static final String INPUTS = "/mlengine/inputs";
    static final String PYTHON = "/mlengine/python";
    static final String REQUIREMENTS = "/mlengine/requirements";

    private PodFolders() {}

    /** A path below a folder, without empty and single-dot parts; an absolute path stays as it is. */
    static String resolve(String folder, String path) {
        if (path.startsWith("/")) {
            return path;
        }
        StringBuilder resolved = new StringBuilder(folder);
        for (String part : path.split("/")) {
            if (!part.isEmpty() && !part.equals(".")) {
                resolved.append('/').append(part);
            }
        }
        return resolved.toString();
    }
}
