package io.mlengine.cli;

import io.mlengine.cli.command.GlobalOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command without a word. */
@Command(
        name = "mlengine",
        synopsisHeading = "Usage: ",
        customSynopsis = {"mlengine COMMAND [OPTIONS] [ARGUMENTS]"},
        description = {"Run distributed machine-learning jobs on this machine."},
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "",
            "Examples:",
            "  mlengine init && mlengine run train.yaml",
            "  mlengine list",
            "  mlengine logs -f JOB",
            "",
            "Exit codes: 0 succeeded, 1 the job failed, 2 wrong usage or invalid document, 3 cancelled, 4 can never run"
                    + " here, 5 gave up waiting, 6 engine or infrastructure failed, 7 not found, 130 interrupted."
        })
final class RootCommand {
    @Mixin
    GlobalOptions global = new GlobalOptions();

    @Option(
            names = {"-V", "--version"},
            description = "Tell the version and exit.")
    boolean version;
}
