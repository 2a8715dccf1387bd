package io.mlengine.backend.local.log;

import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.ReplicaId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one stream of one replica line by line, across rotated files, while it may still be written and rotated. */
final class StreamReader {
    private static final int CHUNK = 64 * 1024;

    private final ReplicaId replica;
    private final LogLine.Stream stream;
    private final StreamFiles files;
    private final LogIndex index;
    private final ArrayDeque<LogLine> ready = new ArrayDeque<>();
    private final byte[] chunk = new byte[CHUNK];
    private LineSplitter splitter;
    private boolean skipsFirst;
    private boolean finished;
    private boolean drained;

    StreamReader(ReplicaId replica, LogLine.Stream stream, StreamFiles files) {
        this.replica = replica;
        this.stream = stream;
        this.files = files;
        this.index = new LogIndex(files.index());
        this.splitter = new LineSplitter(0);
    }

    /** Goes to a position inside a line; what is left of that line is skipped. */
    void skipTo(long position) {
        if (position > 0) {
            splitter = new LineSplitter(position);
            skipsFirst = true;
        }
    }

    /** Goes to the start of a line. */
    void beginAt(long position) {
        splitter = new LineSplitter(position);
    }

    /** Tells the end of what has arrived. */
    long arrived() throws IOException {
        index.refresh();
        return index.covered();
    }

    /** From now on nothing is added, so the last line counts although it has no end. */
    void finish() {
        finished = true;
    }

    /**
     * Looks at the next line.
     *
     * @return the line; null when none is complete now
     */
    @Nullable
    LogLine peek() throws IOException {
        while (ready.isEmpty() && !drained) {
            if (!readMore()) {
                break;
            }
        }
        return ready.peek();
    }

    void take() {
        ready.remove();
    }

    /** Reads one chunk; false when there is none now. */
    private boolean readMore() throws IOException {
        index.refresh();
        long position = splitter.offset();
        int cutsBefore = index.cuts().size();
        int segment = 0;
        long base = 0;
        for (long cut : index.cuts()) {
            if (position < cut) {
                break;
            }
            base = cut;
            segment++;
        }
        boolean isCurrent = segment == cutsBefore;
        long limit = isCurrent
                ? (finished ? Long.MAX_VALUE : index.covered())
                : index.cuts().get(segment);
        int wanted = (int) Math.min(CHUNK, limit - position);
        int count = wanted <= 0 ? 0 : read(isCurrent, segment, position - base, wanted);
        if (isCurrent) {
            index.refresh();
            if (index.cuts().size() != cutsBefore) {
                return true; // rotated meanwhile: what was read may be from either side of the cut
            }
        }
        if (count > 0) {
            splitter.feed(chunk, 0, count, this::add);
            return true;
        }
        if (!isCurrent) {
            skipTo(index.cuts().get(segment)); // dropped by rotation
            return true;
        }
        if (finished) {
            splitter.finish(this::add);
            drained = true;
            return true;
        }
        return false;
    }

    private int read(boolean isCurrent, int segment, long from, int wanted) throws IOException {
        try (SeekableByteChannel channel =
                Files.newByteChannel(isCurrent ? files.current() : files.rotated(segment + 1))) {
            channel.position(from);
            ByteBuffer target = ByteBuffer.wrap(chunk, 0, wanted);
            while (target.hasRemaining() && channel.read(target) >= 0) {
                // until all that is there
            }
            return target.position();
        } catch (NoSuchFileException dropped) {
            return 0;
        }
    }

    private void add(String text, long offset) {
        if (skipsFirst) {
            skipsFirst = false;
            return;
        }
        ready.add(new LogLine(replica, stream, index.arrival(offset, lastModified()), offset, text));
    }

    private Instant lastModified() {
        try {
            return Files.getLastModifiedTime(files.current()).toInstant();
        } catch (IOException gone) {
            return Instant.EPOCH;
        }
    }

    /** Both streams of a replica. */
    static List<StreamReader> both(ReplicaId replica, java.nio.file.Path folder) {
        return List.of(
                new StreamReader(replica, LogLine.Stream.STDOUT, new StreamFiles(folder, LogLine.Stream.STDOUT)),
                new StreamReader(replica, LogLine.Stream.STDERR, new StreamFiles(folder, LogLine.Stream.STDERR)));
    }
}
