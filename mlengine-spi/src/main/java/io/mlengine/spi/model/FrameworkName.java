package io.mlengine.spi.model;

import java.util.regex.Pattern;

/**
 * The name by which a job chooses its framework, for example {@code pytorch}.
 *
 * @param value lower-case letters, digits and dashes
 */
public record FrameworkName(String value) implements Comparable<FrameworkName> {
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9-]{0,39}");

    /** Checks the form. */
    public FrameworkName {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not a framework name: " + value);
        }
    }

    /**
     * Returns the name with this text.
     *
     * @param value the text
     * @return the name
     */
    public static FrameworkName of(String value) {
        return new FrameworkName(value);
    }

    @Override
    public int compareTo(FrameworkName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
