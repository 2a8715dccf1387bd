package io.mlengine.core.scheduling;

/**
 * Where {@link SchedulingPolicy#decide} stops. Counted, never timed, so that equal states give equal plans on every
 * machine.
 *
 * @param decisions most starts, evictions and resizes in one plan; the victims of one job are never divided, so a plan
 *     that begins with more of them than this holds just these
 * @param steps most steps of the exhaustive search for places; it begins only where the direct way finds nothing
 */
public record Budget(int decisions, long steps) {
    /** Enough for 10,000 waiting jobs. */
    public static final Budget DEFAULT = new Budget(10_000, 2_000_000);

    /** No end before the last job. */
    public static final Budget UNLIMITED = new Budget(Integer.MAX_VALUE, Long.MAX_VALUE);

    /** Checks the signs. */
    public Budget {
        if (decisions < 1 || steps < 0) {
            throw new IllegalArgumentException("budget of " + decisions + " decisions and " + steps + " steps");
        }
    }
}
