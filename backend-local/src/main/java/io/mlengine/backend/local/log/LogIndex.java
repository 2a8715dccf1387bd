package io.mlengine.backend.local.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The side file of a stream: which of its bytes had arrived when, and where rotation has cut it. Positions count from
 * the replica's start, whatever was rotated away. Two kinds of lines: {@code <position> <milliseconds>} and
 * {@code cut <position>}; the n-th cut ends the file {@code <stream>.log.n}, and the last one begins the current file.
 */
final class LogIndex {
    private final Path file;
    private long[] positions = new long[64];
    private long[] times = new long[64];
    private int count;
    private final List<Long> cuts = new ArrayList<>();
    private long read;

    LogIndex(Path file) {
        this.file = file;
    }

    static void appendArrival(Path file, long position, Instant at) throws IOException {
        append(file, position + " " + at.toEpochMilli() + "\n");
    }

    static void appendCut(Path file, long position) throws IOException {
        append(file, "cut " + position + "\n");
    }

    private static void append(Path file, String line) throws IOException {
        Files.writeString(file, line, StandardCharsets.US_ASCII, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Reads what was added since the last call; a line that is being written is left for the next one. */
    void refresh() throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long size = channel.size();
            if (size <= read) {
                return;
            }
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size - read));
            channel.position(read);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // until all of it is here
            }
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
            int complete = text.lastIndexOf('\n') + 1;
            text.substring(0, complete).lines().forEach(this::take);
            read += complete;
        } catch (NoSuchFileException nothingArrivedYet) {
            return;
        }
    }

    private void take(String line) {
        String[] words = line.split(" ");
        if (words.length != 2) {
            return; // half a line, left by a full disk
        }
        try {
            if (words[0].equals("cut")) {
                cuts.add(Long.parseLong(words[1]));
            } else {
                add(Long.parseLong(words[0]), Long.parseLong(words[1]));
            }
        } catch (NumberFormatException damagedByAFullDisk) {
            return;
        }
    }

    private void add(long position, long time) {
        if (count == positions.length) {
            positions = Arrays.copyOf(positions, 2 * count);
            times = Arrays.copyOf(times, 2 * count);
        }
        positions[count] = position;
        times[count++] = time;
    }

    /** Positions of the cuts, rising. */
    List<Long> cuts() {
        return cuts;
    }

    /** Up to where the time of arrival is known. */
    long covered() {
        return count == 0 ? 0 : positions[count - 1];
    }

    /** When the byte before a position had arrived; {@code otherwise} beyond what is known. */
    Instant arrival(long position, Instant otherwise) {
        int found = Arrays.binarySearch(positions, 0, count, position);
        int entry = found >= 0 ? found : -found - 1;
        return entry < count ? Instant.ofEpochMilli(times[entry]) : otherwise;
    }
}
