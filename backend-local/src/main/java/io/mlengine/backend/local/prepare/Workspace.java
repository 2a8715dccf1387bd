package io.mlengine.backend.local.prepare;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one attempt finds.
 *
 * @param codeFolder where its program lies, and where its replicas start unless a role says otherwise
 * @param workFolder a folder of its own
 * @param pathPrefixes folders to put in front of {@code PATH}, first one first
 * @param variables variables of all its replicas
 * @param pythonUse keeps its Python in the cache; ended when the attempt has
 */
public record Workspace(
        Path codeFolder,
        Path workFolder,
        List<String> pathPrefixes,
        SortedMap<String, String> variables,
        EnvironmentUse pythonUse) {
    /** Variable: the commit of the code. */
    static final String CODE_COMMIT = "MLENGINE_CODE_COMMIT";

    /** Copies the collections. */
    public Workspace {
        pathPrefixes = List.copyOf(pathPrefixes);
        variables = Collections.unmodifiableSortedMap(new TreeMap<>(variables));
    }

    /** The commit of the code; empty when it does not come from git. */
    public Optional<String> codeCommit() {
        return Optional.ofNullable(variables.get(CODE_COMMIT));
    }
}
