package io.mlengine.plugins.mpi;

import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.OptionSchema.Option;
import io.mlengine.spi.framework.OptionSchema.Type;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code frameworkOptions} of an MPI job, read by name. */
final class MpiOptions {
    static final OptionSchema SCHEMA = OptionSchema.of(
            Option.of("implementation", Type.TEXT, "Whose mpirun the launcher starts.")
                    .defaultText("openmpi")
                    .words(Stream.of(Implementation.values())
                            .map(Implementation::word)
                            .toList())
                    .build(),
            Option.of("slotsPerWorker", Type.INTEGER, "Ranks that may run in each worker.")
                    .defaultText("the number of the worker's GPUs, else 1")
                    .least(1L)
                    .build(),
            Option.of("runLauncherAsWorker", Type.FLAG, "Ranks also run in the launcher, and there first.")
                    .defaultText("false")
                    .build());

    private final FrameworkOptions options;

    private MpiOptions(FrameworkOptions options) {
        this.options = options;
    }

    static MpiOptions of(JobShape job) {
        return new MpiOptions(job.options());
    }

    /** The implementation; empty for an unknown word. */
    Optional<Implementation> implementation() {
        String word = options.text("implementation").orElse(Implementation.OPENMPI.word());
        return Stream.of(Implementation.values())
                .filter(known -> known.word().equals(word))
                .findFirst();
    }

    boolean runsLauncherAsWorker() {
        return options.flag("runLauncherAsWorker");
    }

    /** Ranks for a replica of the role. */
    long slots(Role role) {
        return options.integer("slotsPerWorker")
                .orElse(Math.max(1, role.resources().gpuCount()));
    }
}
