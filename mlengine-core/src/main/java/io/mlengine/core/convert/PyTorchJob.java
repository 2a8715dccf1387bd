package io.mlengine.core.convert;

import io.mlengine.core.convert.KindRules.OperatorContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** PyTorchJob of the training operator. */
final class PyTorchJob {
    /** What torchrun's agents are told. */
    static final List<String> AGENT_VARIABLES = List.of("PET_*");

    private static final FieldTable<Draft> RENDEZVOUS_SETTING = FieldTable.<Draft>named("rdzvConf entry")
            .text("key", "`key=value`", (job, key) -> {})
            .text("value", "`key=value`", (job, value) -> {})
            .build();

    private static final FieldTable<Draft> ELASTIC = FieldTable.<Draft>named("elasticPolicy")
            .value("minReplicas", "`minReplicas` of the role worker", (job, value) -> job.least = value)
            .value("maxReplicas", "`maxReplicas` of the role worker", (job, value) -> job.most = value)
            .value("maxRestarts", "option `maxRestarts`", PyTorchJob::maxRestarts)
            .text("rdzvBackend", "option `rdzvBackend`", (job, backend) -> job.options.put("rdzvBackend", backend))
            .value(
                    "rdzvHost",
                    "option `rdzvEndpoint`, unless it is the job's own replica",
                    (job, v) -> job.rdzvHost = v)
            .value("rdzvPort", "option `rdzvEndpoint`, or `masterPort` without a host", (job, v) -> job.rdzvPort = v)
            .value("rdzvId", "option `rdzvId`", PyTorchJob::rendezvousId)
            .value("rdzvConf", "option `rdzvConf`", PyTorchJob::rendezvousSettings)
            .flag("standalone", "option `standalone`", PyTorchJob::standalone)
            .value("nProcPerNode", "option `nprocPerNode`", (job, value) -> job.elasticProcesses = value)
            .dropped("metrics", "nothing changes a job's size by itself", "`mlengine resize` does it by hand")
            .build();

    private static final FieldTable<Draft> SPEC = FieldTable.<Draft>named("PyTorchJob spec")
            .value(
                    "pytorchReplicaSpecs",
                    "`roles`: Master is master, Worker is worker; see replica spec",
                    (job, specs) -> ReplicaTable.read(job, specs, List.of("master", "worker")))
            .object("runPolicy", RunPolicyTable.TABLE, job -> job)
            .object("elasticPolicy", ELASTIC, job -> {
                job.isElastic = true;
                return job;
            })
            .value(
                    "nprocPerNode",
                    "option `nprocPerNode`, where torchrun starts the ranks",
                    (job, v) -> job.processes = v)
            .build();

    static final KindRules<Draft> RULES = new KindRules<>(
            "PyTorchJob",
            List.of("kubeflow.org/v1"),
            "pytorch",
            new OperatorContract(
                    List.of("pytorch"),
                    "pytorchjob-port",
                    Optional.of("masterPort"),
                    List.of("PET_*", "MASTER_ADDR", "MASTER_PORT", "WORLD_SIZE", "RANK", "LOCAL_RANK")),
            Draft::new,
            SPEC,
            PyTorchJob::finish);

    static final List<FieldTable<?>> TABLES = List.of(SPEC, ELASTIC, RENDEZVOUS_SETTING);

    private static final int LEAST_PORT = 1024;
    private static final int MOST_PORT = 65_535;

    private PyTorchJob() {}

    /** What is needed beside the job itself. */
    static final class Draft extends JobDraft {
        private boolean isElastic;
        private @Nullable ForeignValue least;
        private @Nullable ForeignValue most;
        private @Nullable ForeignValue rdzvHost;
        private @Nullable ForeignValue rdzvPort;
        private @Nullable ForeignValue processes;
        private @Nullable ForeignValue elasticProcesses;

        Draft(ForeignValue source) {
            super(source);
        }

        /** Processes of each agent; the deprecated field of the elastic policy wins, as it does in the operator. */
        private Optional<ForeignValue> processes() {
            if (elasticProcesses != null && processes != null) {
                processes.dropped("`elasticPolicy.nProcPerNode` wins", "");
            }
            return Optional.ofNullable(elasticProcesses).or(() -> Optional.ofNullable(processes));
        }
    }

    private static void maxRestarts(Draft job, ForeignValue value) {
        value.whole(0).ifPresent(count -> job.options.put("maxRestarts", (long) count));
    }

    private static void standalone(Draft job, boolean flag) {
        if (flag) {
            job.options.put("standalone", true);
        }
    }

    private static void rendezvousId(Draft job, ForeignValue value) {
        value.text().ifPresent(id -> {
            job.options.put("rdzvId", id);
            value.check("the same id in each attempt finds what the attempt before left in a store", "leave it out");
        });
    }

    private static void rendezvousSettings(Draft job, ForeignValue list) {
        List<String> settings = new ArrayList<>();
        for (ForeignValue item : list.items()) {
            RENDEZVOUS_SETTING.read(item, job);
            settings.add(item.peek("key").orElse("") + "=" + item.peek("value").orElse(""));
        }
        job.options.put("rdzvConf", settings);
    }

    private static void finish(Draft job) {
        RestartPolicies.apply(job, "OnFailure");
        if (job.isElastic) {
            job.role("worker").ifPresent(worker -> ElasticBounds.apply(worker, job.least, job.most));
        }
        rendezvousAddress(job);
        processes(job);
    }

    private static void rendezvousAddress(Draft job) {
        Optional<String> host = Optional.ofNullable(job.rdzvHost).flatMap(ForeignValue::text);
        Optional<Integer> port = Optional.ofNullable(job.rdzvPort).flatMap(value -> value.whole(1));
        boolean isOwn = host.filter(name -> name.startsWith(job.name + "-")).isPresent();
        if (host.isPresent() && !isOwn) {
            job.options.put(
                    "rdzvEndpoint",
                    host.get() + port.map(number -> ":" + number).orElse(""));
            return;
        }
        if (isOwn && job.rdzvHost != null) {
            job.rdzvHost.dropped("replica 0 hosts the rendezvous, and the launcher knows its address", "");
        }
        if (port.filter(number -> number >= LEAST_PORT && number <= MOST_PORT).isPresent()) {
            job.options.put("masterPort", (long) port.get());
        } else if (job.rdzvPort != null) {
            job.rdzvPort.dropped("the engine gives the port", "");
        }
    }

    // The operator sets the variables of torchrun's agents and those of ranks for every program; one of the two is
    // enough, and together they mislead a program that looks at both.
    private static void processes(Draft job) {
        Optional<ForeignValue> processes = job.processes();
        Optional<String> asked = processes.flatMap(ForeignValue::word);
        boolean isAgent = job.isElastic
                || asked.filter(word -> !word.equals("1") && !word.equals("auto"))
                        .isPresent()
                || job.roles.stream().anyMatch(role -> Torchrun.isNamedIn(role.container.commandLine()));
        if (!isAgent) {
            processes.ifPresent(
                    value -> value.dropped("the program does not start torchrun: each replica is one rank", ""));
            return;
        }
        asked.ifPresent(word -> job.options.put("nprocPerNode", Torchrun.processes(word)));
        if (!job.roles.stream().allMatch(role -> Torchrun.isStartedBy(role.container.commandLine()))) {
            job.options.put("mode", "agent");
            job.source.check(
                    "the job is told to torchrun's agents (`mode: agent`), which the commands do not show",
                    "set `mode: rank` when the program itself is a rank");
        }
    }
}
