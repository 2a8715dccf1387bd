package io.mlengine.backend.local.log;

import io.mlengine.spi.backend.LogLine;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Merges streams by time of arrival; lines that arrived together are ordered by role, index, attempt, restart, stream
 * and position, so that every reading gives the same order.
 */
final class MergedReader {
    private static final Comparator<LogLine> ORDER = Comparator.comparing(LogLine::at)
            .thenComparing(line -> line.replica().role())
            .thenComparingInt(line -> line.replica().index())
            .thenComparing(LogLine::replica)
            .thenComparing(LogLine::stream)
            .thenComparingLong(LogLine::offset);

    private final List<StreamReader> readers;

    MergedReader(List<StreamReader> readers) {
        this.readers = List.copyOf(readers);
    }

    void finish() {
        readers.forEach(StreamReader::finish);
    }

    /** The next line, or null when none is there now; at the end none will be. */
    @Nullable
    LogLine next() throws IOException {
        StreamReader first = first();
        if (first == null) {
            return null;
        }
        // Whoever looked empty before may have got an earlier line by the time the later one was seen. The writer
        // publishes in order of time, so a second look is enough.
        StreamReader again = first();
        StreamReader chosen = again == null ? first : again;
        LogLine line = chosen.peek();
        if (line != null) {
            chosen.take();
        }
        return line;
    }

    private @Nullable StreamReader first() throws IOException {
        StreamReader best = null;
        LogLine bestLine = null;
        for (StreamReader reader : readers) {
            LogLine line = reader.peek();
            if (line != null && (bestLine == null || ORDER.compare(line, bestLine) < 0)) {
                best = reader;
                bestLine = line;
            }
        }
        return best;
    }
}
