package io.mlengine.plugins.jax;

import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.OptionSchema.Option;
import io.mlengine.spi.framework.OptionSchema.Type;
import io.mlengine.spi.model.JobShape;

/** {@code frameworkOptions} of a JAX job, read by name. */
final class JaxOptions {
    private static final String COORDINATOR_PORT = "coordinatorPort";
    private static final int PREFERRED_PORT = 29500;

    static final OptionSchema SCHEMA = OptionSchema.of(
            Option.of(COORDINATOR_PORT, Type.INTEGER, "Port of process 0's coordinator, where replicas have own hosts.")
                    .defaultText("29500; on a shared host a free one")
                    .least(1024L)
                    .most(65535L)
                    .build());

    private JaxOptions() {}

    static int coordinatorPort(JobShape job) {
        return (int) job.options().integer(COORDINATOR_PORT).orElse(PREFERRED_PORT);
    }
}
