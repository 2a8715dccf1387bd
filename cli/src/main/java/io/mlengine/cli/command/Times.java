package io.mlengine.cli.command;

import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as users write them. */
final class Times {
    private static final Pattern PART = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private Times() {}

    /** Reads {@code 90s}, {@code 30m}, {@code 1h30m}. */
    static Duration duration(String text) {
        Matcher matcher = PART.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            long amount = Long.parseLong(matcher.group(1));
            sum = sum.plus(
                    switch (matcher.group(2)) {
                        case "ms" -> Duration.ofMillis(amount);
                        case "s" -> Duration.ofSeconds(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "h" -> Duration.ofHours(amount);
                        default -> Duration.ofDays(amount);
                    });
            end = matcher.end();
        }
        if (end == 0 || end != text.length()) {
            throw Problem.of(ExitCode.USAGE, "not a length of time: " + text, "write 90s, 30m, 2h or 1h30m")
                    .raise();
        }
        return sum;
    }

    /** Reads a length of time before now, or a point in time. */
    static Instant since(String text, Instant now) {
        if (text.contains("T") || text.contains("-")) {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException e) {
                throw Problem.of(
                                ExitCode.USAGE,
                                "not a point in time: " + text,
                                "write 5m for the last five minutes, or 2026-01-31T12:00:00Z")
                        .raise(e);
            }
        }
        return now.minus(duration(text));
    }
}
