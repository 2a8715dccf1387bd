package io.mlengine.cli.command;

import io.mlengine.cli.host.Documents;
import io.mlengine.cli.host.Host;
import io.mlengine.cli.host.Installation;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.OutputForm;
import io.mlengine.cli.output.Problem;
import io.mlengine.cli.run.ProcessSignals;
import io.mlengine.cli.run.RunLoop;
import io.mlengine.cli.run.RunWish;
import io.mlengine.cli.run.SignalSource;
import io.mlengine.cli.terminal.ColorWish;
import io.mlengine.cli.terminal.Style;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.document.ViolationText;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.CodeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Submits jobs and stays until they have ended. */
@Command(
        name = "run",
        description = "Run jobs and watch them until they end.",
        footer = {
            "",
            "Examples:",
            "  mlengine run train.yaml",
            "  mlengine run train.yaml --set roles.worker.replicas=4",
            "  mlengine run train.yaml -o jsonl | jq .phase",
            "  cat train.yaml | mlengine run - --timeout 30m",
            "",
            "Ctrl-C: on a terminal the first one asks, and without an answer within 10 s the jobs go on; a second one"
                    + " within 2 s stops them at once. Without a terminal the first one stops them (TERM, grace, KILL)."
        })
public final class RunCommand extends EngineCommand {
    /** Where lines appear and whether they are redrawn. */
    enum Console {
        /** Live on a terminal, else plain. */
        AUTO,
        /** Redrawn in place. */
        LIVE,
        /** One line a change. */
        PLAIN,
        /** One line a change, with colours. */
        COLORED
    }

    /** Which code the command ends with. */
    enum ExitCodeKind {
        /** The table of exit codes. */
        ENGINE,
        /** The code of the replica that decided. */
        JOB
    }

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "YAML or JSON documents; - is standard input.")
    List<String> files = List.of();

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Set a field, for example roles.worker.replicas=4. May be repeated.")
    List<String> assignments = List.of();

    @Option(
            names = "--fake-gpus",
            paramLabel = "N",
            defaultValue = "0",
            description = "Make up N GPUs, for trying without any.")
    int fakeGpus;

    @Option(
            names = "--console",
            paramLabel = "KIND",
            defaultValue = "auto",
            description = "How to show the run: ${COMPLETION-CANDIDATES}. Default: auto.")
    Console console = Console.AUTO;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "Give up and stop after a time such as 90s, 30m or 2h; exit code 5.")
    @Nullable
    String timeout;

    @Option(
            names = "--exit-code",
            paramLabel = "KIND",
            defaultValue = "engine",
            description = "engine: see the list of exit codes; job: the code of the replica that failed first.")
    ExitCodeKind exitCode = ExitCodeKind.ENGINE;

    @Option(names = "--plugins", paramLabel = "DIR", description = "Load plugins from a folder too. May be repeated.")
    List<Path> plugins = List.of();

    @Option(
            names = {"-y", "--yes"},
            description = "Ask nothing: Ctrl-C stops the jobs at once.")
    boolean yes;

    /** The command on a host. */
    public RunCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        throw new IllegalStateException("call() gives the job's own code where it was asked for");
    }

    @Override
    public Integer call() {
        Optional<Duration> limit = Optional.ofNullable(timeout).map(Times::duration);
        if (fakeGpus < 0) {
            throw Problem.of(ExitCode.USAGE, "--fake-gpus " + fakeGpus + " is less than 0", "name a number of GPUs")
                    .raise();
        }
        List<DocumentResult> valid = validDocuments();
        try (MLEngine engine = host.installation().open(new Installation.EngineSetup(root(), fakeGpus, plugins));
                SignalSource signals = new ProcessSignals()) {
            Host asked = yes ? withoutKeys() : host;
            return new RunLoop(asked, engine, wish(submissions(valid), limit), signals).run();
        }
    }

    private Host withoutKeys() {
        return new Host(
                host.input(),
                host.output(),
                host.error(),
                new io.mlengine.cli.terminal.TerminalFacts(
                        false, host.terminal().output(), host.terminal().error()),
                host.environment(),
                host.home(),
                host.clock(),
                host.installation());
    }

    private static List<RunWish.Submission> submissions(List<DocumentResult> documents) {
        return documents.stream()
                .map(document -> new RunWish.Submission(
                        document, inPlace(document.train().orElseThrow(), document.file())))
                .toList();
    }

    /** A relative folder of code is taken from the document's folder, wherever the command was called. */
    private static MLTrain inPlace(MLTrain train, String file) {
        Optional<String> folder = train.code().flatMap(CodeSource::path);
        if (folder.isEmpty()) {
            return train;
        }
        Path base =
                Optional.ofNullable(Path.of(file).toAbsolutePath().getParent()).orElse(Path.of("/"));
        String absolute = base.resolve(folder.get()).normalize().toString();
        return MLTrain.builder().from(train).code(CodeSource.folder(absolute)).build();
    }

    private List<DocumentResult> validDocuments() {
        List<DocumentResult> documents;
        try (Documents reader = host.installation().documents(plugins)) {
            documents = DocumentFiles.read(host, reader, files, assignments);
        }
        documents.forEach(document -> document.warnings().forEach(warning -> remark("note: " + warning)));
        List<DocumentResult> wrong =
                documents.stream().filter(document -> !document.isValid()).toList();
        if (!wrong.isEmpty()) {
            String text = wrong.stream()
                    .map(document -> ViolationText.of(document, "nothing was started"))
                    .reduce("", (all, one) -> all.isEmpty() ? one : all + "\n" + one);
            throw new Problem(ExitCode.USAGE, "", text.lines().toList(), List.of()).raise();
        }
        return documents;
    }

    private RunWish wish(List<RunWish.Submission> submissions, Optional<Duration> limit) {
        boolean live = form() == OutputForm.TEXT && isLive();
        Style outputStyle = console == Console.COLORED
                ? host.outputStyle(ColorWish.ALWAYS, global.ascii)
                : console == Console.PLAIN ? Style.PLAIN : style();
        return new RunWish(
                submissions, root(), form(), live, outputStyle, errorStyle(), limit, exitCode == ExitCodeKind.JOB);
    }

    private boolean isLive() {
        return switch (console) {
            case LIVE -> true;
            case PLAIN, COLORED -> false;
            case AUTO ->
                host.terminal().output()
                        && !host.environment()
                                .getOrDefault("TERM", "dumb")
                                .toLowerCase(Locale.ROOT)
                                .equals("dumb")
                        && host.environment().getOrDefault("CI", "").isEmpty();
        };
    }
}
