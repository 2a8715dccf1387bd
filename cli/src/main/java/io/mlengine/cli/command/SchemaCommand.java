package io.mlengine.cli.command;

import io.mlengine.cli.host.Documents;
import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the JSON Schema of documents. */
@Command(
        name = "schema",
        description = "Print the JSON Schema of job documents, for editors.",
        footer = {
            "",
            "Examples:",
            "  mlengine schema > mltrain.schema.json",
            "  # first line of a document: # yaml-language-server: $schema=mltrain.schema.json"
        })
public final class SchemaCommand extends EngineCommand {
    @Option(names = "--plugins", paramLabel = "DIR", description = "Load plugins from a folder too. May be repeated.")
    List<Path> plugins = List.of();

    /** The command on a host. */
    public SchemaCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        try (Documents documents = host.installation().documents(plugins)) {
            print(documents.schema().stripTrailing());
        }
        return ExitCode.OK;
    }
}
