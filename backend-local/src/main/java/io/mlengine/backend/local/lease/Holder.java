package io.mlengine.backend.local.lease;

import java.util.Optional;

/**
 * Who holds a lease.
 *
 * @param pid the engine's process
 * @param startedMillis when that process started, since pids are used again
 * @param words resource and holder, for people
 */
record Holder(long pid, long startedMillis, String resource, String words) {
    // The system counts starts from its boot, whose date moves a little when the clock is corrected.
    private static final long CLOCK_SLACK_MILLIS = 2_000;

    /** This process on behalf of somebody. */
    static Holder self(String resource, String owner) {
        ProcessHandle process = ProcessHandle.current();
        String user = process.info().user().orElse(System.getProperty("user.name", "unknown"));
        return new Holder(
                process.pid(),
                startOf(process),
                resource,
                owner.replaceAll("\\s+", " ") + " of engine process " + process.pid() + " (user " + user + ")");
    }

    String text() {
        return pid + " " + startedMillis + "\n" + resource + "\n" + words + "\n";
    }

    static Optional<Holder> parse(String text) {
        String[] lines = text.split("\n");
        if (lines.length < 3 || !lines[0].matches("\\d{1,18} \\d{1,18}")) {
            // Empty when free, or cut short where its writer was killed in the middle: both mean that nobody is known.
            return Optional.empty();
        }
        String[] numbers = lines[0].split(" ");
        return Optional.of(new Holder(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), lines[1], lines[2]));
    }

    boolean isAlive() {
        return ProcessHandle.of(pid)
                .filter(process -> Math.abs(startOf(process) - startedMillis) <= CLOCK_SLACK_MILLIS)
                .isPresent();
    }

    private static long startOf(ProcessHandle process) {
        return process.info()
                .startInstant()
                .map(java.time.Instant::toEpochMilli)
                .orElse(0L);
    }
}
