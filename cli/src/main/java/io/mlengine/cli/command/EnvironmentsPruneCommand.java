package io.mlengine.cli.command;

import io.mlengine.backend.local.LocalBackendConfig;
import io.mlengine.backend.local.prepare.CachedEnvironment;
import io.mlengine.backend.local.prepare.EnvironmentCache;
import io.mlengine.backend.local.prepare.EnvironmentLimits;
import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Figures;
import io.mlengine.cli.output.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Removes Python environments from the cache. */
@Command(
        name = "prune",
        description = "Remove Python environments that no job uses. Without options: what an engine removes by itself,"
                + " which is what was not used for 30 days and what is beyond 50 GB.",
        footer = {
            "",
            "Broken environments go in any case, and those in use stay.",
            "",
            "Examples:",
            "  mlengine environments prune --dry-run",
            "  mlengine environments prune --older-than 7d",
            "  mlengine environments prune --keep 20GB",
            "  mlengine environments prune --all"
        })
public final class EnvironmentsPruneCommand extends EngineCommand {
    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

    @Option(names = "--all", description = "Remove all that no job uses.")
    boolean all;

    @Option(names = "--older-than", paramLabel = "TIME", description = "Remove those not used for a time such as 7d.")
    @Nullable
    String age;

    @Option(
            names = "--keep",
            paramLabel = "SIZE",
            description = "Remove those that were not used for longest until all take no more than this, such as 20GB.")
    @Nullable
    String size;

    @Option(names = "--dry-run", description = "Remove nothing; show what would be.")
    boolean dryRun;

    /** The command on a host. */
    public EnvironmentsPruneCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        EnvironmentLimits limits = limits();
        EnvironmentCache cache = host.installation().environments();
        List<CachedEnvironment> gone = new ArrayList<>();
        for (CachedEnvironment environment :
                limits.excess(EnvironmentText.all(cache), host.clock().instant())) {
            if (dryRun || isRemoved(cache, environment)) {
                gone.add(environment);
                if (!form().isMachine()) {
                    print((dryRun ? "would remove " : "removed ") + EnvironmentText.name(environment) + "  "
                            + Figures.bytes(environment.bytes()) + "  " + EnvironmentText.requirements(environment));
                }
            }
        }
        if (form().isMachine()) {
            printItems(
                    "EnvironmentList", gone.stream().map(EnvironmentText::json).toList());
        } else if (gone.isEmpty()) {
            remark("nothing to remove");
        } else {
            remark(EnvironmentText.sum(gone) + (dryRun ? " would be free" : " are free again"));
        }
        return ExitCode.OK;
    }

    private EnvironmentLimits limits() {
        if (all && (age != null || size != null)) {
            throw Problem.of(ExitCode.USAGE, "--all leaves nothing to choose", "leave out --older-than and --keep")
                    .raise();
        }
        if (all) {
            return new EnvironmentLimits(Duration.ZERO, 0);
        }
        if (age == null && size == null) {
            LocalBackendConfig usual = LocalBackendConfig.builder().build();
            return new EnvironmentLimits(usual.environmentAge(), usual.environmentBytes());
        }
        return new EnvironmentLimits(
                present(age).map(Times::duration).orElse(FOR_EVER),
                present(size).map(Sizes::bytes).orElse(Long.MAX_VALUE));
    }

    private static boolean isRemoved(EnvironmentCache cache, CachedEnvironment environment) {
        try {
            return cache.remove(environment);
        } catch (IOException e) {
            throw EnvironmentText.unreadable(cache, e);
        }
    }
}
