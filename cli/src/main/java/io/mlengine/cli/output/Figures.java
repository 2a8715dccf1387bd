package io.mlengine.cli.output;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Numbers for people; the same on every machine, whatever its language. */
public final class Figures {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Figures() {}

    /** A length of time in its two largest units, for example {@code 4 min 58 s}. */
    public static String time(Duration time) {
        long millis = Math.max(0, time.toMillis());
        long seconds = millis / 1000;
        if (seconds < 10) {
            return millis % 1000 < 50 ? seconds + " s" : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        if (seconds < MINUTE) {
            return seconds + " s";
        }
        if (seconds < HOUR) {
            return two(seconds / MINUTE, "min", seconds % MINUTE, "s");
        }
        if (seconds < DAY) {
            return two(seconds / HOUR, "h", seconds % HOUR / MINUTE, "min");
        }
        return two(seconds / DAY, "d", seconds % DAY / HOUR, "h");
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    /** A length of time as one word, for example {@code 4m58s}. */
    public static String shortTime(Duration time) {
        return time(time).replace(" min", "m").replace(" ", "");
    }

    /** A running clock, {@code 00:03:12}. */
    public static String clock(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        return String.format(Locale.ROOT, "%02d:%02d:%02d", seconds / HOUR, seconds % HOUR / MINUTE, seconds % MINUTE);
    }

    /** A running clock without needless zeros, {@code 3:05}. */
    public static String shortClock(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        return seconds < HOUR
                ? String.format(Locale.ROOT, "%d:%02d", seconds / MINUTE, seconds % MINUTE)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / HOUR, seconds % HOUR / MINUTE, seconds % MINUTE);
    }

    /** A point in time for plain lines and JSON: RFC 3339, UTC, whole seconds. */
    public static String instant(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** A size in decimal units with two or three digits, for example {@code 31 GB}. */
    public static String bytes(long bytes) {
        String[] units = {"B", "kB", "MB", "GB", "TB", "PB"};
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        boolean fraction = unit > 0 && value < 9.95;
        return String.format(Locale.ROOT, fraction ? "%.1f %s" : "%.0f %s", value, units[unit]);
    }

    /** Cores, for example {@code 3.1}. */
    public static String cores(long cpuMillis) {
        return cpuMillis % 1000 == 0
                ? Long.toString(cpuMillis / 1000)
                : String.format(Locale.ROOT, "%.1f", cpuMillis / 1000.0);
    }

    /** A whole number with separators, {@code 5,640}. */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** A number and its noun. */
    public static String count(long value, String noun) {
        return count(value) + " " + noun + (value == 1 ? "" : "s");
    }

    /** A metric with four significant digits and no needless zeros. */
    public static String metric(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            return count((long) value);
        }
        double size = Math.abs(value);
        if (size >= 1000) {
            return count(Math.round(value));
        }
        if (size < 1e-3) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        int digits = size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
        String text = String.format(Locale.ROOT, "%." + digits + "f", value);
        return text.replaceFirst("0+$", "").replaceFirst("\\.$", "");
    }

    /** Part of a whole, in whole per cent, cut; 0 when there is no whole. */
    public static int percent(double part, double whole) {
        return whole <= 0 ? 0 : (int) Math.floor(Math.min(1, Math.max(0, part / whole)) * 100 + 1e-9);
    }

    /** A bar of a share, {@code ####----}. */
    public static String bar(double share, int cells) {
        int full = (int) Math.round(Math.min(1, Math.max(0, share)) * cells);
        return "#".repeat(full) + "-".repeat(cells - full);
    }
}
