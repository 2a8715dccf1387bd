package io.mlengine.cli.run;

/** Where signals come from; tests send their own. */
public interface SignalSource extends AutoCloseable {
    /**
     * Calls an action for each signal instead of what would happen otherwise.
     *
     * @param signal its name without SIG
     * @param action called on any thread
     */
    void on(String signal, Runnable action);

    /** Gives the signals back. */
    @Override
    void close();
}
