package io.mlengine.backend.local.sample;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Sums up the processes of sessions from {@code /proc}, in one pass for all sessions. What a process of the session has
 * put into a session of its own counts too: torchrun and our remote shell start their workers like that.
 */
final class ProcessTable {
    private static final int AUXV_PAGE_SIZE = 6;
    private static final int AUXV_TICKS = 17;

    private final Path proc;
    private final long pageBytes;
    private final long ticksPerSecond;

    ProcessTable(Path proc) {
        this.proc = proc;
        Map<Long, Long> auxiliary = auxiliaryVector(proc);
        this.pageBytes = auxiliary.getOrDefault((long) AUXV_PAGE_SIZE, 4096L);
        this.ticksPerSecond = auxiliary.getOrDefault((long) AUXV_TICKS, 100L);
    }

    /**
     * What a session used.
     *
     * @param cpuNanos CPU time of its processes and of their children that have ended and been waited for
     * @param residentBytes resident memory; pages that processes share count for each of them
     */
    record Use(long cpuNanos, long residentBytes) {
        Use plus(Use other) {
            return new Use(cpuNanos + other.cpuNanos, residentBytes + other.residentBytes);
        }
    }

    private record Entry(long parent, long session, Use use) {}

    /** Uses of those sessions that still have a process. */
    Map<Long, Use> sessions(Set<Long> wanted) throws IOException {
        Map<Long, Entry> entries = new TreeMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                add(process, entries);
            }
        }
        Map<Long, Use> uses = new TreeMap<>();
        for (Entry entry : entries.values()) {
            Entry ancestor = entry;
            // Numbers may be given out again while the folder is read, so the way up may be a circle.
            for (int step = 0; ancestor != null && step < entries.size(); step++) {
                if (wanted.contains(ancestor.session)) {
                    uses.merge(ancestor.session, entry.use, Use::plus);
                    break;
                }
                ancestor = entries.get(ancestor.parent);
            }
        }
        return uses;
    }

    private void add(Path process, Map<Long, Entry> entries) {
        String text;
        try {
            text = new String(Files.readAllBytes(process.resolve("stat")), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // It has ended since the folder was listed.
            return;
        }
        // The command stands in brackets and may contain brackets and blanks itself.
        int end = text.lastIndexOf(')');
        if (end < 0 || end + 2 >= text.length()) {
            return;
        }
        String[] fields = text.substring(end + 2).split(" ");
        if (fields.length < 22) {
            return;
        }
        long ticks = Long.parseLong(fields[11])
                + Long.parseLong(fields[12])
                + Long.parseLong(fields[13])
                + Long.parseLong(fields[14]);
        long pages = Long.parseLong(fields[21]);
        Use use = new Use(ticks * (1_000_000_000L / ticksPerSecond), pages * pageBytes);
        entries.put(
                Long.parseLong(process.getFileName().toString()),
                new Entry(Long.parseLong(fields[1]), Long.parseLong(fields[3]), use));
    }

    // The kernel tells each process page size and clock rate, which differ between architectures.
    private static Map<Long, Long> auxiliaryVector(Path proc) {
        Map<Long, Long> values = new TreeMap<>();
        try {
            ByteBuffer vector = ByteBuffer.wrap(Files.readAllBytes(proc.resolve("self/auxv")))
                    .order(ByteOrder.nativeOrder());
            while (vector.remaining() >= 2 * Long.BYTES) {
                values.put(vector.getLong(), vector.getLong());
            }
        } catch (IOException e) {
            // Without it the usual values hold.
            return Map.of();
        }
        return values;
    }
}
