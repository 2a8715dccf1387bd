package io.mlengine.cli.command;

import io.mlengine.backend.local.doctor.Check;
import io.mlengine.cli.host.Host;
import io.mlengine.cli.host.JobFinder;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.output.OutputForm;
import io.mlengine.cli.output.Problem;
import io.mlengine.cli.terminal.Style;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** What commands share: the host, the global options, and how results are written. */
abstract class EngineCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global = new GlobalOptions();

    final Host host;

    EngineCommand(Host host) {
        this.host = host;
    }

    /** Does it; problems are thrown. */
    abstract ExitCode run();

    @Override
    public Integer call() {
        return run().code();
    }

    OutputForm form() {
        return global.form;
    }

    Style style() {
        return form() == OutputForm.TEXT ? host.outputStyle(global.color, global.ascii) : Style.PLAIN;
    }

    Style errorStyle() {
        return host.errorStyle(global.color, global.ascii);
    }

    Path root() {
        return host.root(global.storeFolder());
    }

    JobFinder finder() {
        return new JobFinder(root());
    }

    void print(String line) {
        host.output().println(line);
    }

    void print(List<String> lines) {
        lines.forEach(host.output()::println);
    }

    void print(Map<String, Object> document) {
        print(JsonDocuments.write(document));
    }

    /** Writes a list: one document, or one a line. */
    void printItems(String kind, List<Map<String, Object>> items) {
        if (form() == OutputForm.JSONL) {
            items.forEach(this::print);
        } else {
            print(JsonDocuments.list(kind, items));
        }
    }

    /** Writes checks, with the remedies of those that did not pass. */
    void printChecks(List<Check> checks) {
        if (form().isMachine()) {
            printItems("CheckList", checks.stream().map(JsonDocuments::check).toList());
        } else {
            print(CheckText.lines(checks, style()));
        }
    }

    /** A remark that is no part of the result. */
    void remark(String line) {
        host.error().println(line);
    }

    /** Refuses a form that makes no sense for a command. */
    void refuseIds() {
        if (form() == OutputForm.ID) {
            throw Problem.of(ExitCode.USAGE, "-o id is for commands that name jobs", "use -o text, json or jsonl")
                    .raise();
        }
    }

    static Optional<String> present(@org.jspecify.annotations.Nullable String value) {
        return Optional.ofNullable(value);
    }
}
