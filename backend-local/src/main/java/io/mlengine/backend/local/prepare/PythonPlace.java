package io.mlengine.backend.local.prepare;

import java.nio.file.Path;

/**
 * A Python that meets what a job requires.
 *
 * @param binFolder folder to put in front of {@code PATH}: its {@code python} and {@code python3} are this interpreter
 * @param python the interpreter
 * @param isEnvironment whether it was made by the engine as a virtual environment
 * @param use keeps a made environment in the cache
 */
public record PythonPlace(Path binFolder, Path python, boolean isEnvironment, EnvironmentUse use) {}
