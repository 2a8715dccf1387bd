package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.core.store.JobStore;
import picocli.CommandLine.Command;

/** Hold jobs back; what runs is stopped with grace and can resume from its checkpoint. */
@Command(
        name = "suspend",
        description = "Hold jobs back; what runs is stopped with grace and can resume from its checkpoint.",
        footer = {"", "Examples:", "  mlengine suspend mnist-ddp"})
public final class SuspendCommand extends WishCommand {
    /** The command on a host. */
    public SuspendCommand(Host host) {
        super(host);
    }

    @Override
    JobStore.Wish wish(JobRecord job) {
        return new JobStore.Wish(job.id(), JobStore.Wish.Kind.SUSPEND, "");
    }

    @Override
    boolean isHeard(JobRecord job) {
        return job.desired() == JobRecord.Desired.SUSPEND || job.phase() == Phase.SUSPENDED;
    }

    @Override
    String done() {
        return "is held back";
    }
}
