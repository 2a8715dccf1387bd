package io.mlengine.backend.local.lease;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The lease of one resource: {@code <name>.lock} carries the lock and is always empty, {@code <name>.holder} says who
 * has it. They are two files because closing a file after reading it would drop this process's lock on it.
 */
final class LeaseFile {
    static final String HOLDER_SUFFIX = ".holder";

    private final Path lockFile;
    private final Path holderFile;

    LeaseFile(Path folder, String name) {
        this.lockFile = folder.resolve(name + ".lock");
        this.holderFile = folder.resolve(name + HOLDER_SUFFIX);
    }

    /** A held lease. */
    record Held(LeaseFile file, MachineLock lock) {
        void release() throws IOException {
            try {
                // Emptied before the lock goes, so that no later holder's name is lost; the time of it starts the rest.
                file.write("");
            } finally {
                lock.close();
            }
        }
    }

    Optional<Held> tryClaim(Holder holder) throws IOException {
        Optional<MachineLock> lock = MachineLock.tryAcquire(lockFile);
        if (lock.isEmpty()) {
            return Optional.empty();
        }
        try {
            write(holder.text());
        } catch (IOException e) {
            lock.get().close();
            throw e;
        }
        return Optional.of(new Held(this, lock.get()));
    }

    /** Who holds it now; empty when free, also when its holder has died. */
    Optional<Holder> holder() throws IOException {
        return readHolder(holderFile);
    }

    static Optional<Holder> readHolder(Path file) throws IOException {
        try {
            return Holder.parse(Files.readString(file)).filter(Holder::isAlive);
        } catch (NoSuchFileException e) {
            // Never claimed so far.
            return Optional.empty();
        }
    }

    /** When it was last claimed or given back. */
    Instant lastChange() throws IOException {
        try {
            return Files.getLastModifiedTime(holderFile).toInstant();
        } catch (NoSuchFileException e) {
            // Never claimed so far.
            return Instant.MIN;
        }
    }

    private void write(String text) throws IOException {
        try (FileChannel channel = MachineLock.openShared(holderFile)) {
            channel.truncate(0);
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }
}
