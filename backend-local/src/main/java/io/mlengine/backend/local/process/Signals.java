package io.mlengine.backend.local.process;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.util.Collection;

/** Sends signals through the C library, as Java itself knows neither process groups nor signals by number. */
public final class Signals {
    /** Ends at once; cannot be caught. */
    public static final int KILL = 9;

    /** Asks to end. */
    public static final int TERM = 15;

    /** Goes on after {@link #STOP}. */
    public static final int CONT = 18;

    /** Halts; cannot be caught. */
    public static final int STOP = 19;

    static {
        Native.register(Signals.class, Platform.C_LIBRARY_NAME);
    }

    private Signals() {}

    private static native int kill(int process, int signal);

    /**
     * Sends a signal to one process.
     *
     * @param process its number
     * @param signal the signal's number
     * @return whether it was delivered
     */
    public static boolean send(long process, int signal) {
        return process > 1 && kill(Math.toIntExact(process), signal) == 0;
    }

    /**
     * Sends a signal to a process group.
     *
     * @param leader the group's number
     * @param signal the signal's number
     * @return whether it was delivered to at least one process
     */
    public static boolean sendToGroup(long leader, int signal) {
        return leader > 1 && kill(Math.toIntExact(-leader), signal) == 0;
    }

    /**
     * Sends a signal to several processes; those that are gone are skipped.
     *
     * @param processes their numbers
     * @param signal the signal's number
     */
    public static void sendToAll(Collection<Long> processes, int signal) {
        processes.forEach(process -> send(process, signal));
    }
}
