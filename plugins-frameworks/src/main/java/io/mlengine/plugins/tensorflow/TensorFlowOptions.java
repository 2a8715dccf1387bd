package io.mlengine.plugins.tensorflow;

import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.OptionSchema.Option;
import io.mlengine.spi.framework.OptionSchema.Type;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.JobShape;

/** {@code frameworkOptions} of a TensorFlow job, read by name. */
final class TensorFlowOptions {
    static final String DYNAMIC_WORKERS = "dynamicWorkers";
    private static final String PORT = "port";
    private static final int PREFERRED_PORT = 2222;

    static final OptionSchema SCHEMA = OptionSchema.of(
            Option.of(PORT, Type.INTEGER, "Port that each process listens on, where replicas have own hosts.")
                    .defaultText("2222; on a shared host each gets a free one")
                    .least(1024L)
                    .most(65535L)
                    .build(),
            Option.of(
                            DYNAMIC_WORKERS,
                            Type.FLAG,
                            "Tell each worker only of itself and the parameter servers, so that workers may come and go.")
                    .defaultText("false")
                    .build());

    private final FrameworkOptions options;

    private TensorFlowOptions(FrameworkOptions options) {
        this.options = options;
    }

    static TensorFlowOptions of(JobShape job) {
        return new TensorFlowOptions(job.options());
    }

    int port() {
        return (int) options.integer(PORT).orElse(PREFERRED_PORT);
    }

    boolean dynamicWorkers() {
        return options.flag(DYNAMIC_WORKERS);
    }
}
