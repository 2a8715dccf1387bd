package io.mlengine.backend.local;

import io.mlengine.spi.model.FailureClass;

/** Why a replica's process could not be started; the message is for people and holds no secret. */
final class LaunchFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final FailureClass failureClass;
    private final String reason;

    LaunchFailure(FailureClass failureClass, String reason, String message) {
        super(message);
        this.failureClass = failureClass;
        this.reason = reason;
    }

    static LaunchFailure configuration(String reason, String message) {
        return new LaunchFailure(FailureClass.CONFIGURATION, reason, message);
    }

    static LaunchFailure infrastructure(String reason, String message) {
        return new LaunchFailure(FailureClass.INFRASTRUCTURE, reason, message);
    }

    FailureClass failureClass() {
        return failureClass;
    }

    String reason() {
        return reason;
    }
}
