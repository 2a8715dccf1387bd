package io.mlengine.build.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What tests need of the machine that they run on. */
public final class Machine {
    private Machine() {}

    /** Skips the running test if something is missing; {@code -Dmlengine.require=all} turns that into a failure. */
    public static void needs(String what, boolean isThere) {
        if (!isThere && "all".equals(System.getProperty("mlengine.require"))) {
            throw new AssertionError("this machine lacks " + what);
        }
        assumeTrue(isThere, "this machine lacks " + what);
    }
}
