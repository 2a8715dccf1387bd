package io.mlengine.plugins.xgboost;

import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.OptionSchema.Option;
import io.mlengine.spi.framework.OptionSchema.Type;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.JobShape;
import java.util.List;
import java.util.OptionalLong;

/** {@code frameworkOptions} of an XGBoost job, read by name. */
final class XGBoostOptions {
    static final OptionSchema SCHEMA = OptionSchema.of(
            Option.of("tracker", Type.TEXT, "Who keeps the tracker: a role of its own, or the first worker's process.")
                    .defaultText("companion: a role of its own")
                    .words(List.of("companion", "rank0"))
                    .build(),
            port("trackerPort", "Port of the tracker, where replicas have own hosts.")
                    .defaultText("29500; on a shared host a free one")
                    .build(),
            port("workerPort", "Port on which each worker awaits its neighbours, where replicas have own hosts.")
                    .defaultText("any free port, chosen by XGBoost; on a shared host a free one of the engine's")
                    .build(),
            port("masterPort", "With a role master: the port that MASTER_PORT and WORKER_PORT name.")
                    .defaultText("9999; on a shared host a free one")
                    .build(),
            Option.of("timeout", Type.INTEGER, "Seconds that a collective operation waits for a silent worker.")
                    .defaultText("1800, XGBoost's own")
                    .least(1L)
                    .build());

    private final FrameworkOptions options;

    private XGBoostOptions(FrameworkOptions options) {
        this.options = options;
    }

    private static Option.Builder port(String name, String description) {
        return Option.of(name, Type.INTEGER, description).least(1024L).most(65535L);
    }

    static XGBoostOptions of(JobShape job) {
        return new XGBoostOptions(job.options());
    }

    boolean hasCompanion() {
        return !options.text("tracker").orElse("companion").equals("rank0");
    }

    int trackerPort() {
        return (int) options.integer("trackerPort").orElse(29500);
    }

    OptionalLong workerPort() {
        return options.integer("workerPort");
    }

    int masterPort() {
        return (int) options.integer("masterPort").orElse(9999);
    }

    OptionalLong timeout() {
        return options.integer("timeout");
    }
}
