package io.mlengine.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** Measured values of one thing. */
final class Samples {
    private final String name;
    private final String unit;
    private double[] values = new double[0];

    Samples(String name, String unit) {
        this.name = name;
        this.unit = unit;
    }

    void add(double value) {
        values = Arrays.copyOf(values, values.length + 1);
        values[values.length - 1] = value;
    }

    double percentile(double percent) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(percent / 100 * sorted.length) - 1)];
    }

    double median() {
        return percentile(50);
    }

    /** Prints the median and the spread. */
    void print() {
        line(
                name,
                String.format(
                        Locale.ROOT,
                        "p50 %.1f  p95 %.1f  min %.1f  max %.1f %s  (%d)",
                        median(),
                        percentile(95),
                        percentile(0),
                        percentile(100),
                        unit,
                        values.length));
    }

    static void line(String name, String text) {
        System.out.printf(Locale.ROOT, "%-44s %s%n", name, text);
    }
}
