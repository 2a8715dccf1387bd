package io.mlengine.backend.local.lease;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A lock that one holder on this machine can have, across processes, users and engines inside one process. It is a lock
 * of the operating system on an empty file that is never deleted: it vanishes with its process, however that ends.
 */
public final class MachineLock implements AutoCloseable {
    // The operating system gives such locks to processes, not to channels: closing any channel of a file drops them
    // all.
    // So whoever is second inside this process must not even open the file. That is a fact about the process, and class
    // loaders (two web applications, each with its engine) divide it: hence a property of the system, not a static map.
    private static final String HELD_IN_THIS_PROCESS = "mlengine.lock.";

    private static final Set<PosixFilePermission> FOR_ALL_USERS = EnumSet.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private static final long POLL_MILLIS = 50;
    private static final long WORD_NANOS = 3_000_000_000L;

    private final String property;
    private final FileChannel channel;
    private final FileLock lock;
    private boolean isClosed;

    private MachineLock(String property, FileChannel channel, FileLock lock) {
        this.property = property;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Takes the lock if nobody has it.
     *
     * @throws IOException when the file cannot be made or opened
     */
    public static Optional<MachineLock> tryAcquire(Path file) throws IOException {
        String property = HELD_IN_THIS_PROCESS + file.toAbsolutePath().normalize();
        if (System.getProperties().putIfAbsent(property, "held") != null) {
            return Optional.empty();
        }
        boolean isHeld = false;
        try {
            FileChannel channel = openShared(file);
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    isHeld = true;
                    return Optional.of(new MachineLock(property, channel, lock));
                }
            } catch (OverlappingFileLockException e) {
                throw new IOException("locked in this process by somebody who is not of this engine: " + file, e);
            } finally {
                if (!isHeld) {
                    channel.close();
                }
            }
            return Optional.empty();
        } finally {
            if (!isHeld) {
                System.getProperties().remove(property);
            }
        }
    }

    /**
     * Takes the lock, waiting for it if need be.
     *
     * @param file the file
     * @param limit longest wait
     * @param waiting hears every three seconds for how long it has been waiting
     * @throws IOException when the file cannot be opened or the wait takes too long
     * @throws InterruptedException when the calling thread is interrupted
     */
    public static MachineLock acquire(Path file, Duration limit, Consumer<Duration> waiting)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        long spoken = start;
        while (true) {
            Optional<MachineLock> lock = tryAcquire(file);
            if (lock.isPresent()) {
                return lock.get();
            }
            long now = System.nanoTime();
            Duration waited = Duration.ofNanos(now - start);
            if (waited.compareTo(limit) > 0) {
                throw new IOException("another process has held " + file + " for " + waited.toSeconds() + " s");
            }
            if (now - spoken > WORD_NANOS) {
                spoken = now;
                waiting.accept(waited);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** Opens a file that all users may write, in a folder such as {@code /tmp}. */
    static FileChannel openShared(Path file) throws IOException {
        for (int round = 0; ; round++) {
            try {
                // Not with CREATE: Linux refuses that for other people's files in a sticky folder (protected_regular).
                return FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            } catch (NoSuchFileException missing) {
                try {
                    FileChannel made = FileChannel.open(
                            file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS);
                    Files.setPosixFilePermissions(file, FOR_ALL_USERS);
                    return made;
                } catch (FileAlreadyExistsException madeMeanwhile) {
                    if (round > 2) {
                        throw madeMeanwhile;
                    }
                }
            }
        }
    }

    /** Gives the lock back; only the first call counts. */
    @Override
    public synchronized void close() throws IOException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try {
            lock.release();
        } finally {
            try {
                channel.close();
            } finally {
                System.getProperties().remove(property);
            }
        }
    }
}
