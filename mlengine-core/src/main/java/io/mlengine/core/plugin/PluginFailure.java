package io.mlengine.core.plugin;

/** Carries a checked exception or a refusal out of code that runs on a plugin's thread. */
final class PluginFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    PluginFailure(Refusal refusal) {
        super(refusal.cause());
        this.refusal = refusal;
    }

    PluginFailure(Throwable cause) {
        super(cause);
        this.refusal = Refusal.of(cause);
    }

    Refusal refusal() {
        return refusal;
    }
}
