package io.mlengine.spi.model;

import java.util.Comparator;

/**
 * One start of a whole gang: attempts of a job are numbered from 1 and never overlap.
 *
 * @param job the job
 * @param number 1 for the first start
 */
public record AttemptId(JobId job, int number) implements Comparable<AttemptId> {
    private static final Comparator<AttemptId> ORDER =
            Comparator.comparing(AttemptId::job).thenComparingInt(AttemptId::number);

    /** Checks the number. */
    public AttemptId {
        if (number < 1) {
            throw new IllegalArgumentException("attempts count from 1: " + number);
        }
    }

    @Override
    public int compareTo(AttemptId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return job + "/" + number;
    }
}
