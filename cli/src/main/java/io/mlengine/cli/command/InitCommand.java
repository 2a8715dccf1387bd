package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.output.OutputForm;
import io.mlengine.cli.output.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a document to start with. */
@Command(
        name = "init",
        description = "Write a commented document to start with.",
        footer = {
            "",
            "Examples:",
            "  mlengine init                     # pytorch, into train.yaml",
            "  mlengine init command job.yaml --name nightly",
            "  mlengine init pytorch - | mlengine run -"
        })
public final class InitCommand extends EngineCommand {
    /** The documents to start with. */
    enum Template {
        /** Distributed PyTorch. */
        PYTORCH,
        /** Any program. */
        COMMAND
    }

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "TEMPLATE",
            defaultValue = "pytorch",
            description = "${COMPLETION-CANDIDATES}. Default: pytorch.")
    Template template = Template.PYTORCH;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            defaultValue = "train.yaml",
            description = "Where to; - is standard output. Default: train.yaml.")
    String file = "train.yaml";

    @Option(names = "--name", paramLabel = "NAME", defaultValue = "my-job", description = "Name of the job.")
    String name = "my-job";

    @Option(names = "--force", description = "Replace a file that is there.")
    boolean force;

    /** The command on a host. */
    public InitCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        if (!name.matches("[a-z]([a-z0-9-]{0,38}[a-z0-9])?")) {
            throw Problem.of(
                            ExitCode.USAGE,
                            "not a name of a job: " + name,
                            "use a-z, 0-9 and dashes, a letter first, at most 40 characters")
                    .raise();
        }
        String text = template().replace("NAME", name);
        if (file.equals("-")) {
            host.output().print(text);
            return ExitCode.OK;
        }
        Path target = Path.of(file);
        try {
            Files.writeString(
                    target,
                    text,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    force ? StandardOpenOption.CREATE : StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw Problem.of(ExitCode.USAGE, target + " exists", "name another file, or replace it with --force")
                    .raise(e);
        } catch (IOException e) {
            throw Problem.of(ExitCode.USAGE, "cannot write " + target + ": " + e.getMessage(), "name another place")
                    .raise(e);
        }
        if (form() == OutputForm.TEXT) {
            print("wrote " + target + "; next: mlengine run " + target);
        } else {
            Map<String, Object> document = JsonDocuments.document("Template");
            document.put("file", target.toString());
            document.put("template", template.name().toLowerCase(Locale.ROOT));
            print(document);
        }
        return ExitCode.OK;
    }

    private String template() {
        String resource = "/io/mlengine/cli/templates/" + template.name().toLowerCase(Locale.ROOT) + ".yaml";
        try (InputStream in = InitCommand.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("this jar lacks " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
