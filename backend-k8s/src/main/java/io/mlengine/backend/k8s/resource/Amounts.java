package io.mlengine.backend.k8s.resource;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cores and sizes as texts. Units with and without {@code B} are read, as in the job's document; those of Kubernetes are written. */
final class Amounts {
    /** What {@link #millis} reads. */
    static final String CORES = "[0-9]{1,12}(\\.[0-9]{1,9})?|[0-9]{1,15}m";

    /** What {@link #bytes} reads. */
    static final String SIZE = "[0-9]{1,12}(\\.[0-9]{1,9})?([kKMGTPE]i?B?|B)?";

    private static final Pattern CORES_FORM = Pattern.compile(CORES);
    private static final Pattern SIZE_FORM = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?)([kKMGTPE]?)(i?)B?");
    private static final String PREFIXES = "KMGTPE";
    private static final List<String> WRITTEN = List.of("Ei", "Pi", "Ti", "Gi", "Mi", "Ki");
    private static final Map<String, Integer> SHIFTS =
            Map.of("Ei", 60, "Pi", 50, "Ti", 40, "Gi", 30, "Mi", 20, "Ki", 10);

    private Amounts() {}

    /** Thousandths of a core, cut. */
    static long millis(String text) {
        if (!CORES_FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not a number of cores: " + text);
        }
        if (text.endsWith("m")) {
            return Long.parseLong(text.substring(0, text.length() - 1));
        }
        return new BigDecimal(text).movePointRight(3).longValue();
    }

    /** Bytes, cut. */
    static long bytes(String text) {
        Matcher matcher = SIZE_FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a size: " + text);
        }
        String prefix = matcher.group(2).toUpperCase(Locale.ROOT);
        int power = prefix.isEmpty() ? 0 : PREFIXES.indexOf(prefix) + 1;
        BigDecimal factor =
                BigDecimal.valueOf(matcher.group(3).isEmpty() ? 1000 : 1024).pow(power);
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(factor);
        return bytes.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue();
    }

    static String cores(long millis) {
        return millis % 1000 == 0 ? Long.toString(millis / 1000) : millis + "m";
    }

    static String size(long bytes) {
        for (String unit : WRITTEN) {
            int shift = SHIFTS.getOrDefault(unit, 0);
            if (bytes != 0 && bytes >> shift << shift == bytes) {
                return (bytes >> shift) + unit;
            }
        }
        return Long.toString(bytes);
    }
}
