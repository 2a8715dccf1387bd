package io.mlengine.core.document;

import io.mlengine.core.admission.ViolationCode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values with units: cores, sizes, times. */
final class Quantities {
    private static final String NUMBER = "-?[0-9]{1,19}(\\.[0-9]{1,9})?";
    private static final String CPU_FORM = NUMBER + "|-?[0-9]{1,18}m";
    private static final String SIZE_FORM = NUMBER + " ?([kKMGTPE]i?B?|B)";
    private static final String PART = "[0-9]{1,18}(ms|s|m|h|d)";
    private static final String TIME_FORM = "-?(" + PART + ")+";
    private static final String ISO_FORM = "-?P[0-9DTHMS.-]+";

    private static final Pattern CPU = Pattern.compile(CPU_FORM);
    private static final Pattern SIZE = Pattern.compile("(" + NUMBER + ") ?([A-Za-z]+)");
    private static final Pattern TIME = Pattern.compile(TIME_FORM);
    private static final Pattern TIME_PART = Pattern.compile("([0-9]+)(ms|s|m|h|d)");

    private static final Map<String, Long> SIZE_UNITS = sizeUnits();
    private static final List<String> WRITTEN_SIZES =
            List.of("EiB", "PiB", "TiB", "GiB", "MiB", "KiB", "EB", "PB", "TB", "GB", "MB", "kB", "B");
    private static final Map<String, Duration> TIME_UNITS = timeUnits();

    /** Cores as thousandths: 1, 0.5 or 500m. */
    static final ValueType<Long> CPU_MILLIS = new QuantityType<>(
            "cores are a number such as 2 or 0.5, or thousandths such as 500m",
            true,
            Map.of("anyOf", List.of(Values.ordered("type", "number", "minimum", 0L), pattern(CPU_FORM))),
            Quantities::cpu,
            Quantities::written);

    /** Bytes with a unit: 16GiB, 16GB. */
    static final ValueType<Long> BYTES = new QuantityType<>(
            "a size needs a unit, for example 40GB or 40GiB",
            false,
            pattern(SIZE_FORM),
            Quantities::size,
            Quantities::writtenSize);

    /** A time with a unit: 30s, 10m, 1h30m, or ISO 8601. */
    static final ValueType<Duration> TIME_SPAN = new QuantityType<>(
            "a time needs a unit, for example 30s, 10m, 2h or 1d",
            false,
            pattern(TIME_FORM + "|" + ISO_FORM),
            Quantities::time,
            Quantities::written);

    private Quantities() {}

    private static Map<String, Object> pattern(String form) {
        return Values.ordered("type", "string", "pattern", "^(" + form + ")$");
    }

    private static Optional<Long> cpu(String text) {
        if (!CPU.matcher(text).matches()) {
            return Optional.empty();
        }
        return text.endsWith("m")
                ? Optional.of(Long.parseLong(text.substring(0, text.length() - 1)))
                : exact(new BigDecimal(text), 1000);
    }

    private static Object written(long millis) {
        if (millis % 1000 == 0) {
            return millis / 1000;
        }
        return millis + "m";
    }

    private static Optional<Long> size(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Long unit = SIZE_UNITS.get(matcher.group(3));
        return unit == null ? Optional.empty() : exact(new BigDecimal(matcher.group(1)), unit);
    }

    private static Object writtenSize(long bytes) {
        for (String unit : WRITTEN_SIZES) {
            long factor = SIZE_UNITS.getOrDefault(unit, 1L);
            if (bytes != 0 && bytes % factor == 0) {
                return bytes / factor + unit;
            }
        }
        return bytes + "B";
    }

    private static Optional<Long> exact(BigDecimal number, long factor) {
        try {
            return Optional.of(number.multiply(BigDecimal.valueOf(factor)).longValueExact());
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> time(String text) {
        try {
            if (!TIME.matcher(text).matches()) {
                return text.startsWith("P") || text.startsWith("-P")
                        ? Optional.of(Duration.parse(text))
                        : Optional.empty();
            }
            Duration sum = Duration.ZERO;
            Matcher parts = TIME_PART.matcher(text);
            while (parts.find()) {
                Duration unit = TIME_UNITS.getOrDefault(parts.group(2), Duration.ZERO);
                sum = sum.plus(unit.multipliedBy(Long.parseLong(parts.group(1))));
            }
            return Optional.of(text.startsWith("-") ? sum.negated() : sum);
        } catch (ArithmeticException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Object written(Duration time) {
        if (time.getNano() % 1_000_000 != 0) {
            return time.toString();
        }
        String sign = time.isNegative() ? "-" : "";
        Duration length = time.abs();
        if (length.getNano() != 0) {
            // Milliseconds of a very long time do not fit into the number that they are read from.
            return length.getSeconds() < 1_000_000 ? sign + length.toMillis() + "ms" : time.toString();
        }
        long seconds = length.getSeconds();
        if (seconds != 0 && seconds % 86_400 == 0) {
            return sign + seconds / 86_400 + "d";
        }
        if (seconds != 0 && seconds % 3_600 == 0) {
            return sign + seconds / 3_600 + "h";
        }
        return sign + (seconds != 0 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s");
    }

    private static Map<String, Long> sizeUnits() {
        Map<String, Long> units = new LinkedHashMap<>();
        units.put("B", 1L);
        long decimal = 1;
        long binary = 1;
        for (String prefix : List.of("k", "M", "G", "T", "P", "E")) {
            decimal *= 1000;
            binary *= 1024;
            String big = prefix.equals("k") ? "K" : prefix;
            units.put(prefix, decimal);
            units.put(prefix + "B", decimal);
            units.put(big, decimal);
            units.put(big + "B", decimal);
            units.put(big + "i", binary);
            units.put(big + "iB", binary);
        }
        return units;
    }

    private static Map<String, Duration> timeUnits() {
        Map<String, Duration> units = new LinkedHashMap<>();
        units.put("ms", Duration.ofMillis(1));
        units.put("s", Duration.ofSeconds(1));
        units.put("m", Duration.ofMinutes(1));
        units.put("h", Duration.ofHours(1));
        units.put("d", Duration.ofDays(1));
        return units;
    }

    private record QuantityType<V>(
            String advice,
            boolean isNumberEnough,
            Map<String, Object> schema,
            Function<String, Optional<V>> parse,
            Function<V, Object> format)
            implements ValueType<V> {
        @Override
        public Optional<V> read(SourceNode node, String path, Reading reading) {
            return reading.scalar(node, path, "expected " + (isNumberEnough ? "cores" : "a number with a unit"))
                    .flatMap(scalar -> {
                        Optional<V> value = parse.apply(scalar.text());
                        if (value.isEmpty()) {
                            reading.reject(ViolationCode.BAD_UNIT, path, node.position(), scalar.text(), advice);
                        }
                        return value;
                    });
        }

        @Override
        public Object write(V value) {
            return format.apply(value);
        }
    }
}
