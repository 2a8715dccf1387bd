package io.mlengine.backend.local.log;

import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the files of jobs lie: {@code <root>/jobs/<job>/attempt-<n>/<role>-<index>[-rM]}.
 *
 * @param root folder of the local backend
 */
public record ReplicaFolders(Path root) {
    private static final Pattern ATTEMPT = Pattern.compile("attempt-([1-9]\\d{0,8})");
    private static final Pattern REPLICA = Pattern.compile("(.+)-(\\d{1,9})(?:-r(\\d{1,9}))?");

    /** Makes the root absolute, as processes start elsewhere. */
    public ReplicaFolders {
        root = root.toAbsolutePath().normalize();
    }

    /**
     * Folder that holds one folder a job.
     *
     * @return the folder
     */
    public Path jobs() {
        return root.resolve("jobs");
    }

    /**
     * Folder of a job.
     *
     * @param job the job
     * @return the folder
     */
    public Path job(JobId job) {
        return jobs().resolve(job.value());
    }

    /**
     * Folder of an attempt.
     *
     * @param attempt the attempt
     * @return the folder
     */
    public Path attempt(AttemptId attempt) {
        return job(attempt.job()).resolve("attempt-" + attempt.number());
    }

    /**
     * Folder of one start of a replica.
     *
     * @param replica which start of which replica
     * @return the folder
     */
    public Path replica(ReplicaId replica) {
        String base = replica.role() + "-" + replica.index();
        return attempt(replica.attempt()).resolve(replica.restart() == 0 ? base : base + "-r" + replica.restart());
    }

    /**
     * Reads an attempt folder's name.
     *
     * @param job the job
     * @param name the folder's name
     * @return the attempt, or empty when it is another kind of folder
     */
    static Optional<AttemptId> attempt(JobId job, String name) {
        Matcher matcher = ATTEMPT.matcher(name);
        return matcher.matches()
                ? Optional.of(new AttemptId(job, Integer.parseInt(matcher.group(1))))
                : Optional.empty();
    }

    /**
     * Reads a replica folder's name.
     *
     * @param attempt the attempt that it lies in
     * @param name the folder's name
     * @return the replica, or empty when it is another kind of folder
     */
    static Optional<ReplicaId> replica(AttemptId attempt, String name) {
        Matcher matcher = REPLICA.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int restart = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        return Optional.of(new ReplicaId(attempt, matcher.group(1), Integer.parseInt(matcher.group(2)), restart));
    }
}
