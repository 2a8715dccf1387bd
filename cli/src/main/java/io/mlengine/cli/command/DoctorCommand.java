package io.mlengine.cli.command;

import io.mlengine.backend.local.doctor.Check;
import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import java.util.List;
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
        printChecks(checks);
        boolean missing = checks.stream().anyMatch(check -> check.status() == Check.Status.MISSING);
        return missing ? ExitCode.ENGINE : ExitCode.OK;
    }
}
