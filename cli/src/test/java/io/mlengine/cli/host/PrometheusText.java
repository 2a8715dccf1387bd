package io.mlengine.cli.host;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a scrape as strictly as Prometheus' own linter: version 0.0.4 of the text form. */
final class PrometheusText {
    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) ([a-z][a-z0-9_]*) (.+)");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z][a-z0-9_]*)(?:\\{((?:[a-z_]+=\"(?:[^\"\\\\]|\\\\.)*\",?)*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Set<String> TYPES = Set.of("counter", "gauge", "summary", "histogram");
    private static final Pattern NOT_BASE_UNITS = Pattern.compile(
            ".*_(milliseconds|millis|ms|nanoseconds|nanos|ns|minutes|hours|kilobytes|megabytes|percent)(_.*)?");

    final Map<String, String> types = new LinkedHashMap<>();
    final Map<String, Double> samples = new LinkedHashMap<>();
    final List<String> complaints = new ArrayList<>();
    private final Map<String, String> helps = new LinkedHashMap<>();
    private final Set<String> closed = new HashSet<>();
    private String family = "";
    private double lastBucket = -1;

    private PrometheusText() {}

    static PrometheusText read(String text) {
        PrometheusText read = new PrometheusText();
        if (!text.endsWith("\n")) {
            read.complaints.add("the last line does not end");
        }
        text.lines().forEach(read::line);
        read.types.keySet().stream()
                .filter(name -> !read.helps.containsKey(name))
                .forEach(name -> read.complaints.add("no HELP for " + name));
        return read;
    }

    private void line(String line) {
        Matcher comment = COMMENT.matcher(line);
        Matcher sample = SAMPLE.matcher(line);
        if (comment.matches()) {
            comment(comment.group(1), comment.group(2), comment.group(3));
        } else if (sample.matches()) {
            sample(sample.group(1), sample.group(2) == null ? "" : sample.group(2), sample.group(3));
        } else {
            complaints.add("no line of the form: " + line);
        }
    }

    private void comment(String keyword, String name, String text) {
        if (!name.equals(family)) {
            closed.add(family);
            family = name;
        }
        if (closed.contains(name)) {
            complaints.add("twice: " + name);
        }
        if (keyword.equals("HELP")) {
            if (helps.put(name, text) != null || text.isBlank()) {
                complaints.add("HELP of " + name + " is doubled or empty");
            }
        } else {
            if (types.put(name, text) != null || !TYPES.contains(text)) {
                complaints.add("TYPE of " + name + " is doubled or unknown: " + text);
            }
            boolean isTotal = name.endsWith("_total");
            if (isTotal != text.equals("counter")) {
                complaints.add(name + " is a " + text);
            }
            if (NOT_BASE_UNITS.matcher(name).matches()) {
                complaints.add(name + " is not in a base unit");
            }
        }
    }

    private void sample(String name, String labels, String value) {
        String base = types.containsKey(name) ? name : name.replaceFirst("_(bucket|count|sum)$", "");
        if (!base.equals(family)) {
            complaints.add(name + " stands among the samples of " + family);
        }
        if (samples.put(name + "{" + labels + "}", number(value)) != null) {
            complaints.add("twice: " + name + "{" + labels + "}");
        }
        Set<String> names = new HashSet<>();
        Matcher label = LABEL.matcher(labels);
        while (label.find()) {
            if (!names.add(label.group(1))) {
                complaints.add("label twice: " + name + "{" + labels + "}");
            }
            if (label.group(1).equals("le")) {
                bucket(name, number(label.group(2)));
            }
        }
    }

    private void bucket(String name, double bound) {
        if (bound <= lastBucket) {
            complaints.add("buckets of " + name + " are not in order");
        }
        lastBucket = Double.isInfinite(bound) ? -1 : bound;
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }
}
