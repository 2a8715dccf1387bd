package io.mlengine.core.time;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Chance, for what must differ between two engines: ids of jobs and of the engine itself. */
public final class SystemRandom {
    private SystemRandom() {}

    /**
     * Makes a generator with a seed of its own.
     *
     * @return the generator, for use by one thread at a time
     */
    public static RandomGenerator create() {
        return new SplittableRandom();
    }
}
