package io.mlengine.cli;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.host.LocalInstallation;
import io.mlengine.cli.terminal.TerminalFacts;
import io.mlengine.core.time.SystemClock;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/** Starts the command. */
public final class Main {
    private static final String SIMPLE_LOG = "org.slf4j.simple.SimpleServiceProvider";

    /** The JDK's own, which the operator formats; loading it would slow all other commands down. */
    private static final String FULL_LOG = "org.slf4j.jul.JULServiceProvider";

    private Main() {}

    /**
     * Runs the command and ends the JVM with its exit code.
     *
     * @param words what was typed
     */
    public static void main(String[] words) {
        // The JDK's HTTP server reads it when its first class is loaded. Without, each answer of a webhook waits 40 ms.
        setUnlessSaid("sun.net.httpserver.nodelay", "true");
        SortedMap<String, String> environment = new TreeMap<>(System.getenv());
        Path home = Path.of(System.getProperty("user.home", "/"));
        TerminalFacts terminal = TerminalFacts.of(System.getProperty(TerminalFacts.PROPERTY, ""));
        // The engine's log is for those who ask; it is read when the first logger is made, so it is set before.
        boolean debug = Arrays.asList(words).contains("--debug");
        setUnlessSaid("org.slf4j.simpleLogger.defaultLogLevel", debug ? "debug" : "error");
        setUnlessSaid("org.slf4j.simpleLogger.showDateTime", "true");
        // SLF4J would tell everybody that it was told which one to use.
        setUnlessSaid("slf4j.internal.verbosity", "WARN");
        setUnlessSaid("slf4j.provider", words.length > 0 && words[0].equals("operator") ? FULL_LOG : SIMPLE_LOG);
        try (SystemClock clock = new SystemClock()) {
            Host host = new Host(
                    System.in,
                    stream(FileDescriptor.out),
                    stream(FileDescriptor.err),
                    terminal,
                    environment,
                    home,
                    clock,
                    new LocalInstallation(environment, home));
            int code = Commands.run(host, words);
            host.output().flush();
            host.error().flush();
            // Threads of libraries may live on; what has to be closed is closed.
            System.exit(code);
        }
    }

    private static void setUnlessSaid(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }
}
