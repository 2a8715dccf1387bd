package io.mlengine.backend.local.log;

/** Halts the writers of a log for an instant. */
public interface Pause {
    /** Writers that cannot be halted, or are none. */
    Pause NONE = () -> () -> {};

    /** Ends a pause. */
    interface Resume extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Halts all writers and returns when none of them can write.
     *
     * @return lets them go on
     */
    Resume begin();
}
