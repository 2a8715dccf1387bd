package io.mlengine.spi.model;

/**
 * How a process ended. An exit code and a signal are different things: a process that calls {@code exit(137)} was not
 * killed.
 *
 * @param code the exit code, 0 to 255; meaningless when {@code signal} is not 0
 * @param signal the number of the signal that ended it, or 0
 * @param outOfMemory whether the kernel killed it for memory
 */
public record ExitStatus(int code, int signal, boolean outOfMemory) {
    /** Ended by itself with code 0. */
    public static final ExitStatus SUCCESS = new ExitStatus(0, 0, false);

    /**
     * A process that ended by itself.
     *
     * @param code its exit code
     * @return the status
     */
    public static ExitStatus ofCode(int code) {
        return new ExitStatus(code, 0, false);
    }

    /**
     * A process that a signal ended.
     *
     * @param signal the signal's number
     * @return the status
     */
    public static ExitStatus ofSignal(int signal) {
        return new ExitStatus(0, signal, false);
    }

    /**
     * A process that the kernel killed because memory ran out.
     *
     * @return the status
     */
    public static ExitStatus killedForMemory() {
        return new ExitStatus(0, 9, true);
    }

    /**
     * Tells whether the process ended by itself with code 0.
     *
     * @return true when it did
     */
    public boolean isSuccess() {
        return signal == 0 && code == 0 && !outOfMemory;
    }

    /**
     * Returns the single number that shells and Kubernetes use.
     *
     * @return the code, or 128 + signal
     */
    public int shellCode() {
        return signal == 0 ? code : 128 + signal;
    }

    @Override
    public String toString() {
        if (outOfMemory) {
            return "out of memory (signal 9)";
        }
        return signal == 0 ? "exit " + code : "signal " + signal;
    }
}
