package io.mlengine.core.convert;

import io.mlengine.core.convert.KindRules.OperatorContract;
import io.mlengine.core.convert.TrainingRuntime.Launcher;
import io.mlengine.spi.model.DataSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** TrainJob of trainer v2. */
final class TrainJob {
    private static final FieldTable<ContainerDraft> TRAINER = FieldTable.<ContainerDraft>named("trainer")
            .text("image", "`image` of the role", ContainerDraft::image)
            .value("command", "`command` of the role", ContainerDraft::command)
            .value("args", "`args` of the role", ContainerDraft::args)
            .value("env", "`env` of the role, see env variable", EnvironmentTable::read)
            .value("numNodes", "`replicas` of the role worker", (container, value) -> {})
            .value("numProcPerNode", "option `nprocPerNode`, for MPI `slotsPerWorker`", (container, value) -> {})
            .value(
                    "resourcesPerNode",
                    "`resources` of the role worker, see container resources",
                    (container, value) -> {})
            .build();

    private static final FieldTable<TrainJobDraft> PATCHED = FieldTable.<TrainJobDraft>named("patched runtime")
            .object("template", TrainingRuntime.TEMPLATE, job -> job)
            .build();

    private static final FieldTable<TrainJobDraft> PATCH = FieldTable.<TrainJobDraft>named("runtime patch")
            .text("manager", "nothing: all patches are applied, in their order", (job, manager) -> {})
            .dropped("time", "written by the server", "")
            .object("trainingRuntimeSpec", PATCHED, job -> job)
            .build();

    private static final FieldTable<TrainJobDraft> REFERENCE = FieldTable.<TrainJobDraft>named("runtimeRef")
            .text("name", "the runtime that was given with the job", (job, name) -> {})
            .text("kind", "the same", (job, kind) -> {})
            .text("apiGroup", "the same", (job, group) -> {})
            .build();

    private static final FieldTable<TrainJobDraft> INITIALIZERS = FieldTable.<TrainJobDraft>named("initializer")
            .value("dataset", "`inputs` for a folder or a claim; else dropped", TrainJob::initializer)
            .value("model", "`inputs` for a folder or a claim; else dropped", TrainJob::initializer)
            .build();

    private static final FieldTable<TrainJobDraft> SPEC = FieldTable.<TrainJobDraft>named("TrainJob spec")
            .object("runtimeRef", REFERENCE, job -> job)
            .value("trainer", "the role that trains, see trainer", TrainJob::trainer)
            .object("initializer", INITIALIZERS, job -> job)
            .value(
                    "runtimePatches",
                    "added to the runtime's roles",
                    (job, list) -> list.items().forEach(patch -> PATCH.read(patch, job)))
            .dropped(
                    List.of("podTemplateOverrides", "podSpecOverrides"),
                    "older forms of `runtimePatches`",
                    "write them as `runtimePatches` and convert again")
            .dropped(List.of("labels", "annotations"), "there is no JobSet", "put them into `metadata`")
            .value("suspend", "`runPolicy.suspend`", RunPolicyTable::suspend)
            .whole(
                    "activeDeadlineSeconds",
                    "`runPolicy.activeDeadline`",
                    1,
                    (job, seconds) -> job.policy.activeDeadline(Duration.ofSeconds(seconds)))
            .dropped("managedBy", "the engine that takes the job manages it", "")
            .build();

    private static final OperatorContract CONTRACT = new OperatorContract(
            List.of("node"),
            "",
            Optional.empty(),
            Stream.of(PyTorchJob.AGENT_VARIABLES, JaxJob.VARIABLES, XGBoostJob.TRACKER_VARIABLES, MpiJob.VARIABLES)
                    .flatMap(List::stream)
                    .toList());

    static final List<FieldTable<?>> TABLES = List.of(SPEC, TRAINER, INITIALIZERS, PATCH);

    private TrainJob() {}

    /** The rules for TrainJobs that were given together with these runtimes. */
    static KindRules<TrainJobDraft> rules(Runtimes runtimes) {
        return new KindRules<>(
                "TrainJob",
                List.of(TrainingRuntime.VERSION),
                Launcher.NONE.framework(),
                CONTRACT,
                source -> {
                    TrainJobDraft job = new TrainJobDraft(source);
                    // What the job says is laid over what its runtime says.
                    runtimes.read(job);
                    return job;
                },
                SPEC,
                TrainJobFinish::finish);
    }

    private static void trainer(TrainJobDraft job, ForeignValue value) {
        job.trainer = value;
        value.members().forEach(member -> {
            switch (member.key()) {
                case "numNodes" -> job.nodes(member.value());
                case "numProcPerNode" -> job.processes = member.value();
                default -> {}
            }
        });
    }

    /** Lays what the job says over the container of its runtime. */
    static void lay(ForeignValue trainer, ContainerDraft container, ContainerDraft node) {
        TRAINER.read(trainer, container);
        trainer.members().stream()
                .filter(member -> member.key().equals("resourcesPerNode"))
                .forEach(member -> {
                    node.amounts.clear();
                    ResourceTable.TABLE.read(member.value(), node.amounts);
                });
    }

    private static void initializer(TrainJobDraft job, ForeignValue value) {
        String uri = value.peek("storageUri").orElse("");
        boolean isModel = value.place().path().endsWith("model");
        String name = isModel ? "model" : "dataset";
        boolean isHere = uri.startsWith("/") || uri.startsWith("file:/") || uri.startsWith("pvc://");
        if (isHere) {
            job.inputs.add(new DataSource(name, uri, "/workspace/" + name, true));
            value.changed("becomes the input `" + name + "`, at the path where the initializer would have put it", "");
        } else {
            value.dropped(
                    "nothing is fetched before a job" + (uri.isEmpty() ? "" : ": " + uri),
                    "fetch it once, and name the folder in `inputs`");
        }
    }
}
