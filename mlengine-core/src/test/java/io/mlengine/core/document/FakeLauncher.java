package io.mlengine.core.document;

import io.mlengine.core.admission.Admission;
import io.mlengine.core.admission.Frameworks;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.OptionSchema.Option;
import io.mlengine.spi.framework.OptionSchema.Type;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import java.util.List;

/** A framework with options and reserved variables that plans nothing. */
public record FakeLauncher(FrameworkName name, OptionSchema options) implements FrameworkLauncher {
    /** A framework that looks like PyTorch's. */
    public static final FakeLauncher PYTORCH = new FakeLauncher(
            FrameworkName.of("pytorch"),
            OptionSchema.of(
                    Option.of("nprocPerNode", Type.INTEGER_OR_WORD, "Processes of each replica.")
                            .least(1L)
                            .most(64L)
                            .addWords("auto", "gpu", "cpu")
                            .defaultText("auto")
                            .build(),
                    Option.of("rdzvBackend", Type.TEXT, "Rendezvous.")
                            .addWords("c10d", "static")
                            .build(),
                    Option.of("debug", Type.FLAG, "More output.").build(),
                    Option.of("scale", Type.NUMBER, "A factor.").least(0L).build(),
                    Option.of("maxRestarts", Type.INTEGER, "Restarts.")
                            .least(0L)
                            .build(),
                    Option.of("interfaces", Type.LIST, "Networks.").build()));

    /** A framework without options. */
    public static final FakeLauncher COMMAND = new FakeLauncher(FrameworkName.of("command"), OptionSchema.NONE);

    /** Both. */
    public static final Frameworks FRAMEWORKS = Frameworks.of(List.of(PYTORCH, COMMAND));

    /** Admission with both. */
    public static final Admission ADMISSION = new Admission(FRAMEWORKS);

    @Override
    public List<String> reservedVariables(JobShape job) {
        return name.value().equals("pytorch") ? List.of("MASTER_ADDR", "MASTER_PORT", "RANK", "PET_*") : List.of();
    }

    @Override
    public LaunchPlan plan(ClusterView view) {
        throw new IllegalStateException("plans nothing");
    }
}
