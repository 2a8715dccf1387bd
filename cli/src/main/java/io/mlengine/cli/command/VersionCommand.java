package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.JsonDocuments;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Tells the version. */
@Command(
        name = "version",
        description = "Tell the version of this command and of the Java that runs it.",
        footer = {"", "Examples:", "  mlengine version", "  mlengine version -o json"})
public final class VersionCommand extends EngineCommand {
    /** The command on a host. */
    public VersionCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        // The launcher knows it; a jar knows it too, and a folder of classes does not.
        String version = Optional.ofNullable(System.getProperty("mlengine.version"))
                .or(() -> Optional.ofNullable(VersionCommand.class.getPackage().getImplementationVersion()))
                .orElse("unknown");
        String java = System.getProperty("java.version", "unknown");
        if (form().isMachine()) {
            Map<String, Object> document = JsonDocuments.document("Version");
            document.put("version", version);
            document.put("java", java);
            document.put("javaHome", System.getProperty("java.home", ""));
            print(document);
        } else {
            print("mlengine " + version + " (Java " + java + ")");
        }
        return ExitCode.OK;
    }
}
