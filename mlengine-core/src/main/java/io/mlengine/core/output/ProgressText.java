package io.mlengine.core.output;

import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.framework.LogRule;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads progress from text: one JSON object with numbers ({@code step}, {@code total}, {@code epoch}; any other number,
 * also inside an object {@code metrics}, is a metric), or the named groups of a rule. What cannot be read is no
 * progress; a program must not fail because of it.
 */
public final class ProgressText {
    /** Start of a line of output that carries progress. */
    public static final String PREFIX = "::mlengine-progress ";

    private static final Pattern GROUP = Pattern.compile("\\(\\?<([A-Za-z][A-Za-z0-9]*)>");
    private static final Pattern MEMBER = Pattern.compile("\\s*\"((?:[^\"\\\\]|\\\\.)*)\"\\s*:\\s*");
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?");
    private static final Pattern OTHER = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|true|false|null|NaN|-?Infinity");

    private ProgressText() {}

    /**
     * Reads an object.
     *
     * @param text what follows {@link #PREFIX}
     * @return the progress, or empty when it cannot be read or says nothing
     */
    public static Optional<Progress> ofJson(String text) {
        Fields fields = new Fields();
        int end = object(text, skipSpace(text, 0), true, fields);
        return end < 0 || skipSpace(text, end) != text.length() ? Optional.empty() : fields.progress();
    }

    /**
     * Reads the named groups of a rule.
     *
     * @param rule the rule
     * @param match where its pattern was found
     * @return the progress, or empty when no group is a number
     */
    public static Optional<Progress> ofRule(LogRule rule, Matcher match) {
        Fields fields = new Fields();
        Matcher names = GROUP.matcher(rule.pattern().pattern());
        while (names.find()) {
            String value = match.group(names.group(1));
            if (value != null) {
                try {
                    fields.accept(names.group(1), Double.parseDouble(value.replace(",", "")));
                } catch (NumberFormatException noNumber) {
                    continue;
                }
            }
        }
        return fields.progress();
    }

    /** Reads an object from its brace on; returns the position after it, or -1. */
    private static int object(String text, int from, boolean mayNest, BiConsumer<String, Double> sink) {
        if (from >= text.length() || text.charAt(from) != '{') {
            return -1;
        }
        int at = skipSpace(text, from + 1);
        if (at < text.length() && text.charAt(at) == '}') {
            return at + 1;
        }
        while (true) {
            Matcher member = MEMBER.matcher(text).region(at, text.length());
            if (!member.lookingAt()) {
                return -1;
            }
            String name = member.group(1);
            at = value(text, name, member.end(), mayNest, sink);
            if (at < 0) {
                return -1;
            }
            at = skipSpace(text, at);
            if (at >= text.length()) {
                return -1;
            }
            char next = text.charAt(at++);
            if (next == '}') {
                return at;
            }
            if (next != ',') {
                return -1;
            }
        }
    }

    private static int value(String text, String name, int from, boolean mayNest, BiConsumer<String, Double> sink) {
        Matcher number = NUMBER.matcher(text).region(from, text.length());
        if (number.lookingAt()) {
            sink.accept(name, Double.parseDouble(number.group()));
            return number.end();
        }
        Matcher other = OTHER.matcher(text).region(from, text.length());
        if (other.lookingAt()) {
            return other.end();
        }
        return mayNest && name.equals("metrics") ? object(text, from, false, sink) : -1;
    }

    private static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static final class Fields implements BiConsumer<String, Double> {
        private final Progress.Builder builder = Progress.builder();
        private boolean any;

        @Override
        public void accept(String name, Double value) {
            any = true;
            switch (name) {
                case "step" -> builder.step(OptionalLong.of(value.longValue()));
                case "total" -> builder.total(OptionalLong.of(value.longValue()));
                case "epoch" -> builder.epoch(OptionalLong.of(value.longValue()));
                default -> builder.putMetric(name, value);
            }
        }

        Optional<Progress> progress() {
            return any ? Optional.of(builder.build()) : Optional.empty();
        }
    }
}
