package io.mlengine.spi.model;

import java.util.regex.Pattern;

/**
 * The engine's identity of one job, never reused: unlike a name, which may be submitted again after deletion.
 *
 * @param value 1 to 40 characters: lower-case letters, digits and dashes, starting with a letter
 */
public record JobId(String value) implements Comparable<JobId> {
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9-]{0,39}");

    /** Checks the form. */
    public JobId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not a job id: " + value);
        }
    }

    /**
     * Returns the id with this text.
     *
     * @param value the text
     * @return the id
     */
    public static JobId of(String value) {
        return new JobId(value);
    }

    @Override
    public int compareTo(JobId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
