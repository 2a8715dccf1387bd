package io.mlengine.cli.host;

import io.mlengine.cli.terminal.ColorWish;
import io.mlengine.cli.terminal.Style;
import io.mlengine.cli.terminal.TerminalFacts;
import io.mlengine.core.time.EngineClock;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.SortedMap;

/**
 * What a command finds around it.
 *
 * @param input standard input
 * @param output standard output, for the result only
 * @param error standard error, for everything else
 * @param terminal which of them are terminals
 * @param environment the variables
 * @param home the user's folder
 * @param clock the time
 * @param installation documents, engines and this machine
 */
public record Host(
        InputStream input,
        PrintStream output,
        PrintStream error,
        TerminalFacts terminal,
        SortedMap<String, String> environment,
        Path home,
        EngineClock clock,
        Installation installation) {

    /** The folder that jobs are kept below: what was said, else the user's own. */
    public Path root(java.util.Optional<Path> said) {
        return said.or(() -> variable("MLENGINE_STORE").map(Path::of))
                .orElseGet(() -> stateHome().resolve("mlengine"))
                .toAbsolutePath()
                .normalize();
    }

    private Path stateHome() {
        // The XDG specification asks to ignore relative paths.
        return variable("XDG_STATE_HOME")
                .filter(value -> value.startsWith("/"))
                .map(Path::of)
                .orElseGet(() -> home.resolve(".local/state"));
    }

    private java.util.Optional<String> variable(String name) {
        return java.util.Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /** The style of standard output. */
    public Style outputStyle(ColorWish wish, boolean ascii) {
        return style(wish, ascii, terminal.output());
    }

    /** The style of standard error. */
    public Style errorStyle(ColorWish wish, boolean ascii) {
        return style(wish, ascii, terminal.error());
    }

    private Style style(ColorWish wish, boolean ascii, boolean isTerminal) {
        return new Style(wish.decide(isTerminal, environment), !ascii && TerminalFacts.isUnicode(environment));
    }
}
