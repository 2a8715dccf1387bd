package io.mlengine.cli.command;

import io.mlengine.cli.output.OutputForm;
import io.mlengine.cli.terminal.ColorWish;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that every command has. */
public final class GlobalOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "text",
            description = "Form of the result on standard output: ${COMPLETION-CANDIDATES}. Default: text.")
    OutputForm form = OutputForm.TEXT;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "Colours: ${COMPLETION-CANDIDATES}. NO_COLOR, CLICOLOR and CLICOLOR_FORCE are honoured.")
    ColorWish color = ColorWish.AUTO;

    @Option(names = "--ascii", description = "Write no characters beyond ASCII.")
    boolean ascii;

    @Option(names = "--debug", description = "Show stack traces and the engine's own log.")
    boolean debug;

    @Option(
            names = "--store",
            paramLabel = "DIR",
            description =
                    "Folder that jobs are kept below. Default: $$MLENGINE_STORE, else" + " $$XDG_STATE_HOME/mlengine.")
    @Nullable
    Path store;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    boolean help;

    Optional<Path> storeFolder() {
        return Optional.ofNullable(store);
    }
}
