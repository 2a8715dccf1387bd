package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a completion script. */
@Command(
        name = "completion",
        description = "Print a completion script for a shell.",
        footer = {
            "",
            "Examples:",
            "  source <(mlengine completion bash)",
            "  mlengine completion zsh > ~/.mlengine-completion.zsh   # and source it from .zshrc"
        })
public final class CompletionCommand extends EngineCommand {
    /** The shells. */
    enum Shell {
        /** Bash. */
        BASH,
        /** Zsh, through its bash completion. */
        ZSH
    }

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    Shell shell = Shell.BASH;

    @Spec
    @Nullable
    CommandSpec spec;

    /** The command on a host. */
    public CompletionCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        CommandSpec own = java.util.Objects.requireNonNull(spec);
        String script = AutoComplete.bash("mlengine", own.root().commandLine());
        print(
                switch (shell) {
                    case BASH -> script;
                    case ZSH ->
                        "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n" + script;
                });
        return ExitCode.OK;
    }
}
