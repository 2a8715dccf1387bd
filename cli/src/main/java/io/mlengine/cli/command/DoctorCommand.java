package io.mlengine.cli.command;

import io.mlengine.backend.local.doctor.Check;
import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.terminal.Cells;
import io.mlengine.cli.terminal.Style;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;

/** Tells what this machine offers and what it lacks, with remedies. */
@Command(
        name = "doctor",
        description = "Tell what this machine offers to jobs and what it lacks, with a remedy for each.",
        footer = {"", "Ends with 6 when something is missing that jobs need.", "", "Examples:", "  mlengine doctor"})
public final class DoctorCommand extends EngineCommand {
    /** The command on a host. */
    public DoctorCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        List<Check> checks = host.installation().checks(root(), 0);
        if (form().isMachine()) {
            printItems("CheckList", checks.stream().map(DoctorCommand::json).toList());
        } else {
            Style style = style();
            int width = checks.stream()
                    .mapToInt(check -> Cells.width(check.name()))
                    .max()
                    .orElse(0);
            for (Check check : checks) {
                String mark = switch (check.status()) {
                    case OK -> style.check();
                    case WARNING -> style.warning();
                    case MISSING -> style.cross();
                };
                print(Cells.pad(mark, 2, style) + " " + Cells.pad(check.name(), width, style) + "  " + check.found());
                if (!check.remedy().isEmpty()) {
                    print("   " + " ".repeat(width) + "  " + style.dim(check.remedy()));
                }
            }
        }
        boolean missing = checks.stream().anyMatch(check -> check.status() == Check.Status.MISSING);
        return missing ? ExitCode.ENGINE : ExitCode.OK;
    }

    private static Map<String, Object> json(Check check) {
        Map<String, Object> document = JsonDocuments.document("Check");
        document.put("name", check.name());
        document.put("status", check.status().name().toLowerCase(Locale.ROOT));
        document.put("found", check.found());
        document.put("remedy", check.remedy());
        return document;
    }
}
