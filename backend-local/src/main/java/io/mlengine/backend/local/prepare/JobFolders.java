package io.mlengine.backend.local.prepare;

import io.mlengine.spi.model.AttemptId;
import java.nio.file.Path;

/**
 * Where one job's files lie.
 *
 * @param job the job's folder
 */
public record JobFolders(Path job) {
    /** What it produces; outlives attempts. */
    public Path outputs() {
        return job.resolve("outputs");
    }

    /** What it resumes from; outlives attempts. */
    public Path checkpoints() {
        return job.resolve("checkpoints");
    }

    /** Everything that attempts need and nobody misses afterwards. */
    public Path work() {
        return job.resolve("work");
    }

    /** What one attempt needs. */
    public Path work(AttemptId attempt) {
        return work().resolve("a" + attempt.number());
    }
}
