package io.mlengine.plugins.pytorch;

import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.OptionSchema.Option;
import io.mlengine.spi.framework.OptionSchema.Type;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.JobShape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code frameworkOptions} of a PyTorch job, read by name. */
final class PyTorchOptions {
    static final OptionSchema SCHEMA = OptionSchema.of(
            Option.of("mode", Type.TEXT, "Who starts the ranks: torchrun's agents, or the engine, one process a rank.")
                    .defaultText("auto: agent when the command is torchrun")
                    .words(List.of("auto", "agent", "rank"))
                    .build(),
            Option.of("nprocPerNode", Type.INTEGER_OR_WORD, "Agent mode: processes that each agent starts.")
                    .defaultText("the number of the replica's GPUs, else 1")
                    .words(List.of("auto", "gpu", "cpu"))
                    .least(1L)
                    .build(),
            Option.of(
                            "masterPort",
                            Type.INTEGER,
                            "Port of rank 0, or of the rendezvous, where replicas have own hosts.")
                    .defaultText("29500, for a rendezvous 29400; on a shared host a free one")
                    .least(1024L)
                    .most(65535L)
                    .build(),
            Option.of("waitForMaster", Type.FLAG, "Start the role worker only when the master's port is open.")
                    .defaultText("true")
                    .build(),
            Option.of("maxRestarts", Type.INTEGER, "Agent mode: how often the agents restart their processes.")
                    .defaultText("100 for an elastic job, else 0")
                    .least(0L)
                    .build(),
            Option.of("rdzvBackend", Type.TEXT, "Agent mode: torchrun's rendezvous backend.")
                    .defaultText("c10d")
                    .words(List.of("c10d", "etcd", "etcd-v2"))
                    .build(),
            Option.of("rdzvEndpoint", Type.TEXT, "Agent mode: host:port of a rendezvous store of your own.")
                    .defaultText("replica 0 hosts the store")
                    .build(),
            Option.of(
                            "rdzvId",
                            Type.TEXT,
                            "Agent mode: rendezvous id; must differ between attempts on a store of your own.")
                    .defaultText("job id and attempt")
                    .build(),
            Option.of("rdzvConf", Type.LIST, "Agent mode: further settings of the rendezvous, each key=value.")
                    .build(),
            Option.of("standalone", Type.FLAG, "Agent mode: a single agent without a rendezvous.")
                    .defaultText("false")
                    .build());

    private final FrameworkOptions options;

    private PyTorchOptions(FrameworkOptions options) {
        this.options = options;
    }

    static PyTorchOptions of(JobShape job) {
        return new PyTorchOptions(job.options());
    }

    String mode() {
        return options.text("mode").orElse("auto");
    }

    /** A number or a word, as written. */
    Optional<String> nprocPerNode() {
        return options.text("nprocPerNode");
    }

    OptionalLong masterPort() {
        return options.integer("masterPort");
    }

    boolean waitForMaster() {
        return !Boolean.FALSE.equals(options.values().get("waitForMaster"));
    }

    OptionalLong maxRestarts() {
        return options.integer("maxRestarts");
    }

    String rdzvBackend() {
        return options.text("rdzvBackend").orElse("c10d");
    }

    Optional<String> rdzvEndpoint() {
        return options.text("rdzvEndpoint");
    }

    Optional<String> rdzvId() {
        return options.text("rdzvId");
    }

    List<String> rdzvConf() {
        return options.list("rdzvConf");
    }

    boolean standalone() {
        return options.flag("standalone");
    }

    /** Tells whether the user asked for a rendezvous, or for restarts, which a static one does not survive. */
    boolean asksForRendezvous() {
        return options.text("rdzvBackend").isPresent()
                || rdzvEndpoint().isPresent()
                || rdzvId().isPresent()
                || !rdzvConf().isEmpty()
                || maxRestarts().orElse(0) > 0;
    }
}
