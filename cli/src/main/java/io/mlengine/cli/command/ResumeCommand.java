package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.core.store.JobStore;
import picocli.CommandLine.Command;

/** Let suspended jobs go on. */
@Command(
        name = "resume",
        description = "Let suspended jobs go on.",
        footer = {"", "Examples:", "  mlengine resume mnist-ddp"})
public final class ResumeCommand extends WishCommand {
    /** The command on a host. */
    public ResumeCommand(Host host) {
        super(host);
    }

    @Override
    JobStore.Wish wish(JobRecord job) {
        return new JobStore.Wish(job.id(), JobStore.Wish.Kind.RESUME, "");
    }

    @Override
    boolean isHeard(JobRecord job) {
        return job.desired() == JobRecord.Desired.RUN && job.phase() != Phase.SUSPENDED;
    }

    @Override
    String done() {
        return "goes on";
    }
}
