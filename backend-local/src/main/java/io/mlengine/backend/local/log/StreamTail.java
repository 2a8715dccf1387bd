package io.mlengine.backend.local.log;

import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.ReplicaId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows one stream while it is written: notes when bytes arrived, hands lines on, and keeps the file bounded. */
final class StreamTail {
    private static final int CHUNK = 256 * 1024;
    private static final int MOST_CHUNKS_AT_ONCE = 16;

    private final ReplicaId replica;
    private final StreamFiles files;
    private final LogSettings settings;
    private final Consumer<LogLine> sink;
    private final LineSplitter splitter = new LineSplitter(0);
    private @Nullable FileChannel channel;
    private long base;
    private int cuts;

    StreamTail(ReplicaId replica, StreamFiles files, LogSettings settings, Consumer<LogLine> sink) {
        this.replica = replica;
        this.files = files;
        this.settings = settings;
        this.sink = sink;
    }

    /**
     * Reads what has arrived.
     *
     * @param buffer scratch room, shared by all tails of a thread
     * @return whether there was anything
     */
    boolean poll(byte[] buffer, Pause pause) throws IOException {
        boolean any = false;
        for (int round = 0; round < MOST_CHUNKS_AT_ONCE && pollOnce(buffer); round++) {
            any = true;
            if (splitter.offset() - base >= settings.bytesPerFile()) {
                rotate(buffer, pause);
            }
        }
        return any;
    }

    private boolean pollOnce(byte[] buffer) throws IOException {
        FileChannel current = channel;
        if (current == null) {
            // Most files stay empty for a while, some for ever: no need to hold them open.
            if (!Files.exists(files.current()) || Files.size(files.current()) == 0) {
                return false;
            }
            current = FileChannel.open(files.current(), StandardOpenOption.READ);
            channel = current;
        }
        int count = current.read(ByteBuffer.wrap(buffer), splitter.offset() - base);
        if (count <= 0) {
            return false;
        }
        Instant now = Instant.ofEpochMilli(Instant.now().toEpochMilli());
        // The index goes last: whoever reads the index finds the bytes in the file.
        splitter.feed(buffer, 0, count, (text, offset) -> deliver(text, offset, now));
        LogIndex.appendArrival(files.index(), splitter.offset(), now);
        return true;
    }

    private void deliver(String text, long offset, Instant now) {
        sink.accept(new LogLine(replica, files.stream(), now, offset, text));
    }

    /** Reads the rest after the end of the process. */
    void finish(byte[] buffer) throws IOException {
        while (pollOnce(buffer)) {
            // until the end
        }
        splitter.finish((text, offset) -> deliver(text, offset, Instant.now()));
        close();
    }

    /**
     * Moves the current content to a numbered file. The process keeps its open file, which appends, so the content is
     * copied and cut; the writers stand still only for what came after the first copy. A reader that has seen no cut
     * yet finds the file short, never different.
     */
    private void rotate(byte[] buffer, Pause pause) throws IOException {
        FileChannel source = channel;
        if (source == null) {
            return;
        }
        Files.deleteIfExists(files.rotated(cuts + 1 - settings.rotatedFiles()));
        boolean done = false;
        try (FileChannel target = FileChannel.open(
                files.rotated(cuts + 1),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            copy(source, target, source.size());
            Pause.Resume resume = pause.begin();
            try {
                while (pollOnce(buffer)) {
                    // the index must cover everything before the cut
                }
                long size = splitter.offset() - base;
                copy(source, target, size);
                try (FileChannel writable = FileChannel.open(files.current(), StandardOpenOption.WRITE)) {
                    writable.truncate(0);
                }
                done = true;
                base += size;
                cuts++;
                LogIndex.appendCut(files.index(), base);
            } finally {
                resume.close();
            }
        } finally {
            if (!done) {
                Files.deleteIfExists(files.rotated(cuts + 1));
            }
        }
    }

    private static void copy(FileChannel source, FileChannel target, long end) throws IOException {
        long position = target.size();
        while (position < end) {
            long copied = target.transferFrom(source.position(position), position, end - position);
            if (copied <= 0) {
                throw new IOException("the log got shorter while it was copied");
            }
            position += copied;
        }
    }

    void close() throws IOException {
        FileChannel current = channel;
        channel = null;
        if (current != null) {
            current.close();
        }
    }

    static byte[] buffer() {
        return new byte[CHUNK];
    }
}
