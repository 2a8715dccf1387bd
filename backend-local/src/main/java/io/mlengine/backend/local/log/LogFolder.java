package io.mlengine.backend.local.log;

import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Reads the logs in a job's folder; works during the run and after it, in any process of this machine. */
public final class LogFolder {
    private final JobId job;
    private final Path folder;

    private LogFolder(JobId job, Path folder) {
        this.job = job;
        this.folder = folder;
    }

    /**
     * Opens the logs of a job.
     *
     * @param root folder of the local backend
     * @param job the job
     * @return its logs, possibly none
     */
    public static LogFolder of(Path root, JobId job) {
        return new LogFolder(job, new ReplicaFolders(root).job(job));
    }

    /**
     * Lists the replicas that have started, by attempt, role, index and restart.
     *
     * @return the replicas
     */
    public List<ReplicaId> replicas() {
        List<ReplicaId> replicas = new ArrayList<>();
        for (AttemptId attempt : names(folder, name -> ReplicaFolders.attempt(job, name))) {
            replicas.addAll(names(
                    folder.resolve("attempt-" + attempt.number()), name -> ReplicaFolders.replica(attempt, name)));
        }
        replicas.sort(null);
        return List.copyOf(replicas);
    }

    /**
     * Reads what replicas have written, as far as it is kept, merged by time of arrival; lines that arrived together
     * are ordered by role and index.
     *
     * @param replicas whose output
     * @return the lines; read lazily, {@link UncheckedIOException} when a file cannot be read
     */
    public Stream<LogLine> lines(Collection<ReplicaId> replicas) {
        ReplicaFolders folders = new ReplicaFolders(folder.resolve("../.."));
        List<StreamReader> readers = replicas.stream()
                .sorted()
                .flatMap(replica -> StreamReader.both(replica, folders.replica(replica)).stream())
                .toList();
        MergedReader merged = new MergedReader(readers);
        merged.finish();
        Iterator<LogLine> iterator = new Iterator<>() {
            private @Nullable LogLine next = read();

            private @Nullable LogLine read() {
                try {
                    return merged.next();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public LogLine next() {
                LogLine line = next;
                if (line == null) {
                    throw new java.util.NoSuchElementException();
                }
                next = read();
                return line;
            }
        };
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(iterator, Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    private static <T> List<T> names(Path folder, Function<String, Optional<T>> parse) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory)
                    .map(entry -> parse.apply(entry.getFileName().toString()))
                    .flatMap(Optional::stream)
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException nothingThere) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
