package io.mlengine.cli.command;

import io.mlengine.cli.host.Documents;
import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.output.Problem;
import io.mlengine.core.convert.Conversion;
import io.mlengine.core.convert.ConversionNote;
import io.mlengine.core.convert.ConversionText;
import io.mlengine.core.convert.ConvertedJob;
import io.mlengine.core.convert.ForeignJobs;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.document.PlacedViolation;
import io.mlengine.core.document.SourcePosition;
import io.mlengine.core.document.TrainDocument;
import io.mlengine.core.document.ViolationText;
import io.mlengine.spi.model.Violation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Turns documents of other systems into jobs. */
@Command(
        name = "convert",
        description = {
            "Turn Kubeflow's TFJob, PyTorchJob, MPIJob, XGBoostJob, JAXJob and TrainJob into jobs.",
            "The jobs go to standard output; what was dropped or changed, and why, to standard error."
        },
        footer = {
            "",
            "Nothing is written when one of the documents cannot be converted.",
            "",
            "Examples:",
            "  mlengine convert pytorchjob.yaml > train.yaml",
            "  mlengine convert trainjob.yaml runtime.yaml > train.yaml",
            "  kubectl get pytorchjob mnist -o yaml | mlengine convert - | mlengine run -"
        })
public final class ConvertCommand extends EngineCommand {
    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "YAML or JSON, several documents in a file if need be; - is standard input.")
    List<String> files = List.of();

    @Option(names = "--plugins", paramLabel = "DIR", description = "Load plugins from a folder too. May be repeated.")
    List<Path> plugins = List.of();

    /** The command on a host. */
    public ConvertCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        Conversion conversion = converted();
        if (!conversion.isComplete()) {
            throw new Problem(ExitCode.USAGE, "", problems(conversion.violations()), List.of()).raise();
        }
        if (conversion.jobs().isEmpty()) {
            throw new Problem(
                            ExitCode.USAGE,
                            "there is no job in " + String.join(", ", files),
                            ConversionText.of(conversion.notes()).lines().toList(),
                            List.of("mlengine convert reads " + String.join(", ", ForeignJobs.kinds())))
                    .raise();
        }
        if (form().isMachine()) {
            printItems(
                    "ConversionList",
                    conversion.jobs().stream().map(ConvertCommand::json).toList());
        } else {
            print(conversion.jobs().stream()
                    .map(job -> TrainDocument.yaml(job.train()).stripTrailing())
                    .collect(Collectors.joining("\n---\n")));
            tell(conversion);
        }
        return ExitCode.OK;
    }

    private Conversion converted() {
        ForeignJobs jobs = ForeignJobs.NONE;
        for (Map.Entry<String, byte[]> text : DocumentFiles.read(host, files)) {
            jobs = jobs.and(text.getKey(), text.getValue());
        }
        return jobs.convert();
    }

    private List<String> problems(List<PlacedViolation> violations) {
        Map<String, List<PlacedViolation>> byFile = violations.stream()
                .collect(Collectors.groupingBy(
                        placed -> placed.position().map(SourcePosition::file).orElse(""),
                        TreeMap::new,
                        Collectors.toList()));
        String repeat = "mlengine convert " + String.join(" ", files);
        return byFile.entrySet().stream()
                .map(file -> ViolationText.of(file.getKey() + " cannot be converted", file.getValue(), repeat))
                .collect(Collectors.joining("\n"))
                .lines()
                .toList();
    }

    private void tell(Conversion conversion) {
        try (Documents documents = host.installation().documents(plugins)) {
            for (ConvertedJob job : conversion.jobs()) {
                ConversionText.of(job).lines().forEach(this::remark);
                byte[] text = TrainDocument.yaml(job.train()).getBytes(StandardCharsets.UTF_8);
                left(documents.read(job.train().name(), text, List.of()));
            }
        }
        ConversionText.of(conversion.notes()).lines().forEach(this::remark);
    }

    /** What is still to be done by hand: a conversion changes the words, not what the job asks for. */
    private void left(DocumentResult judged) {
        for (PlacedViolation placed : judged.violations()) {
            Violation left = placed.violation();
            remark("  to do    " + left.path() + ": " + left.message() + " (" + left.code() + ")");
            if (!left.advice().isEmpty()) {
                remark("           -> " + left.advice());
            }
        }
    }

    private static Map<String, Object> json(ConvertedJob job) {
        Map<String, Object> document = JsonDocuments.document("Conversion");
        document.put("source", job.source());
        document.put("job", TrainDocument.tree(job.train()));
        document.put("notes", job.notes().stream().map(ConvertCommand::json).toList());
        return document;
    }

    private static Map<String, Object> json(ConversionNote note) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("effect", note.effect().name().toLowerCase(Locale.ROOT));
        values.put("document", note.place().document());
        values.put("path", note.place().path());
        values.put("file", note.place().position().file());
        values.put("line", note.place().position().line());
        values.put("column", note.place().position().column());
        values.put("why", note.why());
        values.put("advice", note.advice());
        return values;
    }
}
