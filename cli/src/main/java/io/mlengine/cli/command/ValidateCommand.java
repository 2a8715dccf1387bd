package io.mlengine.cli.command;

import io.mlengine.cli.host.Documents;
import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.document.PlacedViolation;
import io.mlengine.core.document.ViolationText;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks documents without running them. */
@Command(
        name = "validate",
        description = "Check documents; tell everything that is wrong with them.",
        footer = {"", "Examples:", "  mlengine validate train.yaml", "  mlengine validate jobs/*.yaml -o json"})
public final class ValidateCommand extends EngineCommand {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "YAML or JSON documents; - is standard input.")
    List<String> files = List.of();

    @Option(names = "--set", paramLabel = "PATH=VALUE", description = "Set a field before the check.")
    List<String> assignments = List.of();

    @Option(names = "--plugins", paramLabel = "DIR", description = "Load plugins from a folder too. May be repeated.")
    List<Path> plugins = List.of();

    /** The command on a host. */
    public ValidateCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        List<DocumentResult> results;
        try (Documents documents = host.installation().documents(plugins)) {
            results = DocumentFiles.read(host, documents, files, assignments);
        }
        boolean valid = results.stream().allMatch(DocumentResult::isValid);
        if (form().isMachine()) {
            printItems(
                    "ValidationList",
                    results.stream().map(ValidateCommand::json).toList());
        } else {
            for (DocumentResult result : results) {
                if (result.isValid()) {
                    print(result.file() + " is valid: "
                            + result.train().map(train -> train.name()).orElse(""));
                } else {
                    // What is wrong is the result here; as an error it would be lost in a pipe.
                    print(ViolationText.of(result, "").lines().toList());
                }
                result.warnings().forEach(warning -> remark("note: " + warning));
            }
        }
        return valid ? ExitCode.OK : ExitCode.USAGE;
    }

    static Map<String, Object> json(DocumentResult result) {
        Map<String, Object> document = JsonDocuments.document("Validation");
        document.put("file", result.file());
        document.put("valid", result.isValid());
        document.put(
                "violations",
                result.violations().stream().map(ValidateCommand::violation).collect(Collectors.toList()));
        document.put("warnings", result.warnings());
        return document;
    }

    private static Map<String, Object> violation(PlacedViolation placed) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("path", placed.violation().path());
        values.put("code", placed.violation().code());
        values.put("message", placed.violation().message());
        values.put("found", placed.violation().found());
        values.put("advice", placed.violation().advice());
        placed.position().ifPresent(position -> {
            values.put("line", position.line());
            values.put("column", position.column());
        });
        return values;
    }
}
