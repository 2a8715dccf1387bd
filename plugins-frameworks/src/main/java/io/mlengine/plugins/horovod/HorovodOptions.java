package io.mlengine.plugins.horovod;

import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.OptionSchema.Option;
import io.mlengine.spi.framework.OptionSchema.Type;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.JobShape;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code frameworkOptions} of a Horovod job, read by name. */
final class HorovodOptions {
    /** Horovod's own 30 s are over before an image is pulled; a process that dies is noticed at once all the same. */
    private static final long TIMEOUT_SECONDS = 600;

    /** Horovod's own. In an elastic job the others may need this long to notice that one is lost. */
    private static final long ELASTIC_TIMEOUT_SECONDS = 30;

    private static final int PREFERRED_RENDEZVOUS_PORT = 29600;

    static final OptionSchema SCHEMA = OptionSchema.of(
            Option.of("networkInterface", Type.TEXT, "Network interface over which the processes talk, such as eth0.")
                    .defaultText("lo on one machine; in pods eth0 for an elastic job, else the one of the pod's name")
                    .build(),
            Option.of(
                            "timeoutSeconds",
                            Type.INTEGER,
                            "How long a process waits for the others, at the start and later.")
                    .defaultText(TIMEOUT_SECONDS + ", in an elastic job " + ELASTIC_TIMEOUT_SECONDS)
                    .least(1L)
                    .build(),
            Option.of("rendezvousPort", Type.INTEGER, "Port at which all meet where replicas have own hosts.")
                    .defaultText(PREFERRED_RENDEZVOUS_PORT + "; on a shared host a free one")
                    .least(1024L)
                    .most(65535L)
                    .build(),
            Option.of("resetLimit", Type.INTEGER, "Elastic: how often the processes may meet anew; then the job fails.")
                    .defaultText("no limit")
                    .least(0L)
                    .build());

    private final FrameworkOptions options;
    private final boolean isElastic;

    private HorovodOptions(FrameworkOptions options, boolean isElastic) {
        this.options = options;
        this.isElastic = isElastic;
    }

    static HorovodOptions of(JobShape job) {
        return new HorovodOptions(job.options(), Processes.areElastic(job));
    }

    Optional<String> networkInterface() {
        return options.text("networkInterface");
    }

    long timeoutSeconds() {
        return options.integer("timeoutSeconds").orElse(isElastic ? ELASTIC_TIMEOUT_SECONDS : TIMEOUT_SECONDS);
    }

    OptionalLong resetLimit() {
        return options.integer("resetLimit");
    }

    int rendezvousPort() {
        return (int) options.integer("rendezvousPort").orElse(PREFERRED_RENDEZVOUS_PORT);
    }
}
