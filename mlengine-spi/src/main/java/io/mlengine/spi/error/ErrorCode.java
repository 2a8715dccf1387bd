package io.mlengine.spi.error;

/** A stable name for one kind of error; implemented by enums of core, backends and plugins. */
public interface ErrorCode {
    /**
     * The code's name, stable across releases.
     *
     * @return the name, in upper case
     */
    String name();

    /**
     * Who can do something about it.
     *
     * @return the category
     */
    ErrorCategory category();

    /**
     * Whether the same call may succeed later without any change.
     *
     * @return true when trying again makes sense
     */
    boolean retryable();
}
