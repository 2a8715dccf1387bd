package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.store.JobStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Ends jobs. */
@Command(
        name = "cancel",
        description = "End jobs: TERM, grace, KILL.",
        footer = {"", "Examples:", "  mlengine cancel mlt-7f3a91", "  mlengine cancel mnist-ddp --reason 'wrong data'"})
public final class CancelCommand extends WishCommand {
    @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "cancelled by the user", description = "Why.")
    String reason = "";

    /** The command on a host. */
    public CancelCommand(Host host) {
        super(host);
    }

    @Override
    JobStore.Wish wish(JobRecord job) {
        return new JobStore.Wish(job.id(), JobStore.Wish.Kind.CANCEL, reason.replace('\n', ' '));
    }

    @Override
    boolean isHeard(JobRecord job) {
        return job.desired() == JobRecord.Desired.CANCEL || job.outcome().isPresent();
    }

    @Override
    String done() {
        return "is being cancelled";
    }
}
