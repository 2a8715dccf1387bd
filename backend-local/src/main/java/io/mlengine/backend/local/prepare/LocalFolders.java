package io.mlengine.backend.local.prepare;

import io.mlengine.spi.model.JobId;
import java.nio.file.Path;
import java.util.Map;

/**
 * The folders of the engine on this machine.
 *
 * @param state jobs with their outputs and logs
 * @param cache what can be made again: checkouts and Python environments
 * @param secrets one folder for each secret, with one file for each key
 */
public record LocalFolders(Path state, Path cache, Path secrets) {
    /** The user's own, as the XDG base directory specification says. */
    public static LocalFolders of(Map<String, String> environment, Path home) {
        return new LocalFolders(
                xdg(environment, "XDG_STATE_HOME", home.resolve(".local/state")),
                xdg(environment, "XDG_CACHE_HOME", home.resolve(".cache")),
                xdg(environment, "XDG_CONFIG_HOME", home.resolve(".config")).resolve("secrets"));
    }

    /** The folders of one job. */
    public JobFolders job(JobId id) {
        return new JobFolders(state.resolve("jobs").resolve(id.value()));
    }

    private static Path xdg(Map<String, String> environment, String variable, Path otherwise) {
        String value = environment.getOrDefault(variable, "");
        // The specification asks to ignore relative ones.
        return (value.startsWith("/") ? Path.of(value) : otherwise).resolve("mlengine");
    }
}
