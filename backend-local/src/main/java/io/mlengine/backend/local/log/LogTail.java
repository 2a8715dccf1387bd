package io.mlengine.backend.local.log;

import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Reads the logs of a job while they grow, in any process of this machine. Each call gives the whole lines that have
 * arrived since the one before, merged by time of arrival. Not thread-safe.
 */
public final class LogTail {
    private final LogFolder folder;
    private final ReplicaFolders folders;
    private final Predicate<ReplicaId> wanted;
    private final Set<ReplicaId> known = new TreeSet<>();
    private final List<StreamReader> readers = new ArrayList<>();

    private LogTail(Path root, JobId job, Predicate<ReplicaId> wanted) {
        this.folder = LogFolder.of(root, job);
        this.folders = new ReplicaFolders(root);
        this.wanted = wanted;
    }

    /**
     * Opens the logs of a job.
     *
     * @param root folder of the local backend
     * @param job the job
     * @param wanted whose output; asked once for each start of a replica
     * @return its logs, possibly none yet
     */
    public static LogTail of(Path root, JobId job, Predicate<ReplicaId> wanted) {
        return new LogTail(root, job, wanted);
    }

    /**
     * Reads what has arrived.
     *
     * @param isEnd whether nothing will be added any more, so that a last line without an end counts
     * @param most at most so many lines
     * @return the lines, oldest first; empty when there are none now
     * @throws IOException when a file cannot be read
     */
    public List<LogLine> poll(boolean isEnd, int most) throws IOException {
        for (ReplicaId replica : folder.replicas()) {
            if (known.add(replica) && wanted.test(replica)) {
                readers.addAll(StreamReader.both(replica, folders.replica(replica)));
            }
        }
        MergedReader merged = new MergedReader(readers);
        if (isEnd) {
            merged.finish();
        }
        List<LogLine> lines = new ArrayList<>();
        LogLine line = merged.next();
        while (line != null) {
            lines.add(line);
            line = lines.size() < most ? merged.next() : null;
        }
        return lines;
    }
}
