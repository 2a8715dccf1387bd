package io.mlengine.core.plugin;

import java.lang.reflect.InvocationTargetException;

/**
 * Why a plugin is not used, and what its user can do about that.
 *
 * @param cause one sentence without a full stop
 * @param remedy the same
 */
record Refusal(String cause, String remedy) {
    private static final String VISIBLE = "a plugin sees the JDK, io.mlengine.spi and org.pf4j only";

    /** Explains what went wrong while classes were loaded or constructors ran. */
    static Refusal of(Throwable failure) {
        Throwable root = unwrapped(failure);
        if (root instanceof UnsupportedClassVersionError) {
            return new Refusal(
                    "it is built for a newer Java than " + Runtime.version().feature() + ": " + root.getMessage(),
                    "run the engine on that Java, or build the plugin with --release 17");
        }
        if (root instanceof NoClassDefFoundError || root instanceof ClassNotFoundException) {
            return new Refusal(
                    "the class " + className(root) + " is missing", "bundle it in the plugin's jar: " + VISIBLE);
        }
        if (root instanceof NoSuchMethodException) {
            return new Refusal(
                    "the extension has no constructor without parameters: " + root.getMessage(),
                    "add one; the engine passes nothing to plugins");
        }
        if (root instanceof LinkageError) {
            return new Refusal(
                    "its classes do not fit together: " + described(root),
                    "build it against mlengine-spi " + PluginCatalog.SPI_VERSION
                            + " and do not bundle two versions of one library");
        }
        return new Refusal("it failed while it was loaded: " + described(root), "ask the author of the plugin");
    }

    static Refusal tooSlow(String deadline) {
        return new Refusal(
                "it did not answer within " + deadline + " while it was loaded",
                "a plugin must not wait, compute or use the network in its constructor or in launchers()");
    }

    static String described(Throwable failure) {
        String message = failure.getMessage();
        return failure.getClass().getName() + (message == null || message.isBlank() ? "" : ": " + message);
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean isWrapper = failure instanceof InvocationTargetException
                || failure instanceof ExceptionInInitializerError
                || failure instanceof PluginFailure;
        return isWrapper && cause != null ? unwrapped(cause) : failure;
    }

    private static String className(Throwable missing) {
        String message = missing.getMessage();
        return message == null ? "that it needs" : message.replace('/', '.');
    }
}
