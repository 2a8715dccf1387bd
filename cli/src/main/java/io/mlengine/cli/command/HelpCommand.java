package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.output.Problem;
import io.mlengine.core.admission.ViolationCode;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Explains a command or a code. */
@Command(
        name = "help",
        description = "Explain a command, or a code such as ML-412.",
        footer = {"", "Examples:", "  mlengine help run", "  mlengine help ML-412"})
public final class HelpCommand extends EngineCommand {
    @Parameters(arity = "0..1", paramLabel = "COMMAND|CODE", description = "What to explain.")
    @Nullable
    String topic;

    @Spec
    @Nullable
    CommandSpec spec;

    /** The command on a host. */
    public HelpCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        CommandLine root = Objects.requireNonNull(spec).root().commandLine();
        String word = topic;
        if (word == null) {
            explain(root);
            return ExitCode.OK;
        }
        CommandLine command = root.getSubcommands().get(word);
        if (command != null) {
            explain(command);
            return ExitCode.OK;
        }
        ViolationCode code = ViolationCode.of(word.toUpperCase(java.util.Locale.ROOT))
                .orElseThrow(
                        () -> Problem.of(ExitCode.NOT_FOUND, "no help on " + word, "mlengine help lists the commands")
                                .raise());
        if (form().isMachine()) {
            Map<String, Object> document = JsonDocuments.document("Code");
            document.put("code", code.code());
            document.put("title", code.title());
            document.put("meaning", code.meaning());
            print(document);
        } else {
            print(code.code() + "  " + code.title());
            print(code.meaning());
        }
        return ExitCode.OK;
    }

    private void explain(CommandLine command) {
        if (form().isMachine()) {
            Map<String, Object> document = JsonDocuments.document("Help");
            document.put("command", command.getCommandName());
            document.put("text", command.getUsageMessage(CommandLine.Help.Ansi.OFF));
            print(document);
        } else {
            host.output()
                    .print(command.getUsageMessage(
                            style().color() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        }
    }
}
