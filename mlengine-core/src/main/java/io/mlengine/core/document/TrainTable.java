package io.mlengine.core.document;

import static io.mlengine.core.document.Field.defaulted;
import static io.mlengine.core.document.Field.optional;
import static io.mlengine.core.document.Field.optionalInt;
import static io.mlengine.core.document.Field.required;
import static io.mlengine.core.document.Quantities.TIME_SPAN;
import static io.mlengine.core.document.Values.FLAG;
import static io.mlengine.core.document.Values.TEXT;
import static io.mlengine.core.document.Values.list;
import static io.mlengine.core.document.Values.map;
import static io.mlengine.core.document.Values.word;

import io.mlengine.core.admission.Limits;
import io.mlengine.core.document.ValueType.Shape;
import io.mlengine.core.job.BackOff;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.core.job.SuccessPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/** The field table of the {@code MLTrain} document: the job and its policies. */
final class TrainTable {
    private static final String LABEL = "[a-z]([-a-z0-9]*[a-z0-9])?";

    /** The whole document. */
    static final ObjectType<MLTrain> TRAIN = train();

    private TrainTable() {}

    /** Objects of the document that have a field of this name, as paths with {@code []} for lists. */
    static List<String> placesOf(String name) {
        List<String> places = new ArrayList<>();
        collect("", TRAIN, name, places);
        return places;
    }

    private static void collect(String path, ValueType<?> type, String name, List<String> places) {
        Shape shape = type.shape();
        shape.fields().forEach((key, value) -> {
            if (key.equals(name) && !path.isEmpty()) {
                places.add(path);
            }
            collect(path.isEmpty() ? key : path + "." + key, value, name, places);
        });
        if (shape.kind() == Shape.Kind.LIST) {
            shape.items().ifPresent(items -> collect(path + "[]", items, name, places));
        }
    }

    private static ObjectType<MLTrain> train() {
        return ObjectType.<MLTrain, MLTrain.Builder>builder("an object that begins with apiVersion and kind")
                .constant(required(
                        "apiVersion",
                        SpecialValues.constant(MLTrain.API_VERSION),
                        "Version of the document.",
                        train -> MLTrain.API_VERSION,
                        MLTrain.API_VERSION))
                .constant(required(
                        "kind",
                        SpecialValues.constant(MLTrain.KIND),
                        "Kind of the document.",
                        train -> MLTrain.KIND,
                        MLTrain.KIND))
                .group("metadata", "Name and labels.", true, TrainTable::metadata)
                .group("spec", "What to run, and how.", true, TrainTable::spec)
                .build(MLTrain::builder, MLTrain.Builder::build);
    }

    private static void metadata(ObjectTypeBuilder<MLTrain, MLTrain.Builder> rows) {
        rows.with(
                        required(
                                "name",
                                Values.pattern(LABEL, Limits.DNS_LABEL),
                                "Name, a DNS label, unique in its namespace among jobs that have not ended.",
                                MLTrain::name,
                                ""),
                        MLTrain.Builder::name)
                .with(
                        defaulted("namespace", TEXT, "Namespace.", MLTrain::namespace, "default"),
                        MLTrain.Builder::namespace)
                .with(
                        defaulted(
                                "labels",
                                map(TEXT),
                                "Labels to find it by.",
                                MLTrain::labels,
                                Collections.unmodifiableSortedMap(new TreeMap<>())),
                        (builder, labels) -> builder.labels(labels))
                .with(
                        defaulted(
                                "annotations",
                                map(TEXT),
                                "Remarks that the engine keeps and does not read.",
                                MLTrain::annotations,
                                Collections.unmodifiableSortedMap(new TreeMap<>())),
                        (builder, annotations) -> builder.annotations(annotations));
    }

    private static void spec(ObjectTypeBuilder<MLTrain, MLTrain.Builder> rows) {
        rows.with(
                        required(
                                "framework",
                                TEXT,
                                "The framework that launches it, for example pytorch.",
                                MLTrain::framework,
                                ""),
                        MLTrain.Builder::framework)
                .with(
                        defaulted(
                                "frameworkOptions",
                                SpecialValues.options(),
                                "Options of the framework.",
                                MLTrain::frameworkOptions,
                                io.mlengine.spi.model.FrameworkOptions.EMPTY),
                        MLTrain.Builder::frameworkOptions)
                .with(
                        defaulted("queue", TEXT, "Queue that it waits in.", MLTrain::queue, "default"),
                        MLTrain.Builder::queue)
                .with(
                        defaulted(
                                "priority",
                                Values.integer(-Limits.MOST_PRIORITY, Limits.MOST_PRIORITY),
                                "Importance, over all queues: higher starts earlier and may preempt lower.",
                                MLTrain::priority,
                                0),
                        MLTrain.Builder::priority)
                .with(
                        defaulted(
                                "preemptible",
                                FLAG,
                                "Whether it may be stopped in favour of a more important job.",
                                MLTrain::preemptible,
                                true),
                        MLTrain.Builder::preemptible)
                .with(
                        defaulted(
                                "roles", list(RoleTable.ROLE), "Groups of equal replicas.", MLTrain::roles, List.of()),
                        (builder, roles) -> builder.roles(roles))
                .with(
                        optional("code", SourceTable.CODE, "Where the program comes from.", MLTrain::code),
                        (builder, code) -> builder.code(code))
                .with(
                        defaulted("inputs", list(SourceTable.INPUT), "Named inputs.", MLTrain::inputs, List.of()),
                        (builder, inputs) -> builder.inputs(inputs))
                .with(
                        defaulted("outputs", list(SourceTable.OUTPUT), "Named outputs.", MLTrain::outputs, List.of()),
                        (builder, outputs) -> builder.outputs(outputs))
                .with(
                        defaulted(
                                "environment",
                                SourceTable.ENVIRONMENT,
                                "What all replicas find around them.",
                                MLTrain::environment,
                                io.mlengine.spi.model.JobEnvironment.NONE),
                        MLTrain.Builder::environment)
                .with(
                        defaulted(
                                "runPolicy",
                                runPolicy(),
                                "Retries, timeouts, cleaning up.",
                                MLTrain::runPolicy,
                                RunPolicy.DEFAULT),
                        MLTrain.Builder::runPolicy)
                .with(
                        defaulted(
                                "scheduling",
                                scheduling(),
                                "Wishes to the scheduler.",
                                MLTrain::scheduling,
                                SchedulingWishes.NONE),
                        MLTrain.Builder::scheduling)
                .with(
                        defaulted(
                                "success",
                                success(),
                                "When it counts as succeeded.",
                                MLTrain::success,
                                SuccessPolicy.DECIDERS),
                        MLTrain.Builder::success)
                .with(
                        optional(
                                "delegate",
                                DelegateTable.DELEGATE,
                                "Another controller of the cluster that runs it; without it the engine does.",
                                MLTrain::delegate),
                        (builder, delegate) -> builder.delegate(delegate));
    }

    private static ObjectType<RunPolicy> runPolicy() {
        RunPolicy none = RunPolicy.DEFAULT;
        return ObjectType.<RunPolicy, RunPolicy.Builder>builder("an object")
                .with(
                        defaulted(
                                "retries",
                                retries(),
                                "How many failures are retried; each is charged to exactly one budget.",
                                RunPolicy::retries,
                                none.retries()),
                        RunPolicy.Builder::retries)
                .with(
                        defaulted(
                                "exitCodes",
                                SpecialValues.exitCodes(),
                                "Which exit codes are worth another try.",
                                RunPolicy::exitCodes,
                                none.exitCodes()),
                        RunPolicy.Builder::exitCodes)
                .with(
                        defaulted(
                                "backOff",
                                backOff(),
                                "Wait before the next attempt.",
                                RunPolicy::backOff,
                                none.backOff()),
                        RunPolicy.Builder::backOff)
                .with(
                        optional(
                                "activeDeadline",
                                TIME_SPAN,
                                "Longest time from the first start until the end, waits between attempts included.",
                                RunPolicy::activeDeadline),
                        (builder, time) -> builder.activeDeadline(time))
                .with(
                        defaulted(
                                "startTimeout",
                                TIME_SPAN,
                                "Longest time from the grant of resources until all replicas are ready.",
                                RunPolicy::startTimeout,
                                none.startTimeout()),
                        RunPolicy.Builder::startTimeout)
                .with(
                        optional(
                                "progressTimeout",
                                TIME_SPAN,
                                "Longest time without progress or output; then it counts as hung.",
                                RunPolicy::progressTimeout),
                        (builder, time) -> builder.progressTimeout(time))
                .with(
                        optional(
                                "ttlAfterFinished",
                                TIME_SPAN,
                                "How long the finished job's record, logs and outputs stay; for ever without it.",
                                RunPolicy::ttlAfterFinished),
                        (builder, time) -> builder.ttlAfterFinished(time))
                .with(
                        defaulted(
                                "cleanup",
                                word(RunPolicy.Cleanup.class),
                                "What happens to what is left of the replicas when the job has ended.",
                                RunPolicy::cleanup,
                                none.cleanup()),
                        RunPolicy.Builder::cleanup)
                .with(
                        defaulted(
                                "suspend",
                                FLAG,
                                "Whether it is held back at submit until it is resumed.",
                                RunPolicy::suspend,
                                none.suspend()),
                        RunPolicy.Builder::suspend)
                .with(
                        defaulted(
                                "stopGrace",
                                TIME_SPAN,
                                "Time between TERM and KILL.",
                                RunPolicy::stopGrace,
                                none.stopGrace()),
                        RunPolicy.Builder::stopGrace)
                .build(RunPolicy::builder, RunPolicy.Builder::build);
    }

    private static ObjectType<Retries> retries() {
        ValueType<Integer> limit = Values.integer(0, Limits.MOST_RETRIES);
        Field<Retries, Integer> user =
                defaulted("user", limit, "After failures of the program.", Retries::user, Retries.DEFAULT.user());
        Field<Retries, Integer> infrastructure = defaulted(
                "infrastructure",
                limit,
                "After failures of node, backend or environment.",
                Retries::infrastructure,
                Retries.DEFAULT.infrastructure());
        Field<Retries, Integer> preemption = optionalInt(
                "preemption", limit, "How often it may be preempted; any number without it.", Retries::preemption);
        return ObjectType.of(
                "an object",
                given -> new Retries(given.get(user), given.get(infrastructure), given.findInt(preemption)),
                user,
                infrastructure,
                preemption);
    }

    private static ObjectType<BackOff> backOff() {
        BackOff none = BackOff.DEFAULT;
        Field<BackOff, java.time.Duration> initial =
                defaulted("initial", TIME_SPAN, "First wait, doubled each time.", BackOff::initial, none.initial());
        Field<BackOff, java.time.Duration> most =
                defaulted("max", TIME_SPAN, "Longest wait.", BackOff::most, none.most());
        Field<BackOff, java.time.Duration> resetAfter = defaulted(
                "resetAfter",
                TIME_SPAN,
                "A run of this length forgets earlier failures.",
                BackOff::resetAfter,
                none.resetAfter());
        return ObjectType.of(
                "an object",
                given -> new BackOff(given.get(initial), given.get(most), given.get(resetAfter)),
                initial,
                most,
                resetAfter);
    }

    private static ObjectType<SchedulingWishes> scheduling() {
        Field<SchedulingWishes.Topology, String> level = required(
                "level", TEXT, "Node label that names the domain, or node.", SchedulingWishes.Topology::level, "node");
        Field<SchedulingWishes.Topology, Boolean> must = defaulted(
                "required",
                FLAG,
                "Whether it must wait until that is possible.",
                SchedulingWishes.Topology::required,
                false);
        ObjectType<SchedulingWishes.Topology> topology = ObjectType.of(
                "an object with `level`",
                given -> new SchedulingWishes.Topology(given.get(level), given.get(must)),
                level,
                must);
        return ObjectType.<SchedulingWishes, SchedulingWishes.Builder>builder("an object")
                .with(
                        optionalInt(
                                "gangMinimum",
                                Values.integer(1, Integer.MAX_VALUE),
                                "Least number of replicas that must start together; all without it.",
                                SchedulingWishes::gangMinimum),
                        (builder, least) -> builder.gangMinimum(least))
                .with(
                        optional(
                                "topology",
                                topology,
                                "Keep the replicas inside one domain.",
                                SchedulingWishes::topology),
                        (builder, wish) -> builder.topology(wish))
                .with(
                        optional(
                                "runTime",
                                TIME_SPAN,
                                "How long it will run; lets others start before it without delaying it.",
                                SchedulingWishes::runTime),
                        (builder, time) -> builder.runTime(time))
                .build(SchedulingWishes::builder, SchedulingWishes.Builder::build);
    }

    private static ObjectType<SuccessPolicy> success() {
        Field<SuccessPolicy, SuccessPolicy.Rule> rule = defaulted(
                "rule",
                word(SuccessPolicy.Rule.class),
                "Which replicas must have ended with code 0.",
                SuccessPolicy::rule,
                SuccessPolicy.Rule.DECIDERS);
        Field<SuccessPolicy, Integer> least = optionalInt(
                "minSucceeded",
                Values.integer(1, Integer.MAX_VALUE),
                "Succeed as soon as this many tracked replicas have; overrides the rule.",
                SuccessPolicy::minSucceeded);
        return ObjectType.of(
                "an object", given -> new SuccessPolicy(given.get(rule), given.findInt(least)), rule, least);
    }
}
