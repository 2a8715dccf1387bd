package io.mlengine.core.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder layout that engines and readers of one machine share: {@code <root>/jobs/<id>/} holds {@code record.json},
 * the lock {@code owner} for as long as an engine lives that runs the job, and {@code wishes/}, where another process
 * leaves what its user wishes of the job.
 */
final class JobFolders {
    static final String RECORD = "record.json";
    private static final String OWNER = "owner";
    private static final String WISHES = "wishes";
    private static final String WISH_END = ".wish";

    private final Path jobs;

    JobFolders(Path root) {
        this.jobs = root.resolve("jobs");
    }

    Path folder(String job) {
        return jobs.resolve(job);
    }

    List<String> list() {
        if (!Files.isDirectory(jobs)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(jobs)) {
            return entries.filter(entry -> Files.isRegularFile(entry.resolve(RECORD)))
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<String> record(String job) {
        try {
            return Optional.of(Files.readString(folder(job).resolve(RECORD)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces the record so that a reader sees the old or the new one, never a part. */
    void writeRecord(String job, String text) throws IOException {
        write(folder(job).resolve(RECORD), text);
    }

    private static void write(Path target, String text) throws IOException {
        Files.createDirectories(target.getParent());
        Path temporary = target.resolveSibling(target.getFileName() + ".new");
        Files.writeString(temporary, text);
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Takes possession of a job: the lock vanishes with the process. */
    FileChannel own(String job) throws IOException {
        Path lock = folder(job).resolve(OWNER);
        Files.createDirectories(lock.getParent());
        FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw new IOException("another engine owns " + folder(job));
            }
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(
                    Long.toString(ProcessHandle.current().pid())));
            return channel;
        } catch (IOException | OverlappingFileLockException e) {
            channel.close();
            throw e instanceof IOException io
                    ? io
                    : new IOException("this process owns " + folder(job) + " already", e);
        }
    }

    /** Whether an engine lives that runs the job. */
    boolean isOwned(String job) {
        Path lock = folder(job).resolve(OWNER);
        if (!Files.exists(lock)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            FileLock taken = channel.tryLock();
            return taken == null;
        } catch (OverlappingFileLockException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void writeWish(String job, String text) {
        Path folder = folder(job).resolve(WISHES);
        try {
            Files.createDirectories(folder);
            Path temporary = Files.createTempFile(folder, "wish", ".new");
            Files.writeString(temporary, text);
            Files.move(
                    temporary,
                    temporary.resolveSibling(temporary.getFileName() + WISH_END),
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes the wishes left for a job, oldest first. */
    List<String> takeWishes(String job) throws IOException {
        Path folder = folder(job).resolve(WISHES);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(entry -> entry.getFileName().toString().endsWith(WISH_END))
                    .sorted(Comparator.comparingLong(
                                    (Path entry) -> entry.toFile().lastModified())
                            .thenComparing(Path::getFileName))
                    .toList();
        }
        List<String> wishes = new ArrayList<>();
        for (Path file : files) {
            wishes.add(Files.readString(file));
            Files.delete(file);
        }
        return wishes;
    }
}
