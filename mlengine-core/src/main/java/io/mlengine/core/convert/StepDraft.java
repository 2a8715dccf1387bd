package io.mlengine.core.convert;

import io.mlengine.core.convert.ForeignValue.Member;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One replicated job of a training runtime: the nodes, a launcher, or something that fetches data before. */
final class StepDraft {
    private static final String STEP_LABEL = "trainer.kubeflow.org/trainjob-ancestor-step";

    private static final List<String> STEPS = List.of("trainer", "dataset-initializer", "model-initializer");

    private static final String NO_OBJECT = "a step is a role, not an object of its own";

    private static final FieldTable<StepDraft> METADATA = FieldTable.<StepDraft>named("step metadata")
            .value("labels", "tells which step trains; others are dropped", StepDraft::labels)
            .dropped("annotations", NO_OBJECT, "")
            .dropped("creationTimestamp", "written by the server", "")
            .build();

    private static final FieldTable<StepDraft> POD_METADATA = FieldTable.<StepDraft>named("step pod metadata")
            .value("labels", "tells which step trains; others are `pod.labels` of the role", StepDraft::podLabels)
            .value(
                    "annotations",
                    "`pod.annotations` of the role",
                    (step, annotations) -> annotations.eachText(step.role.pod.options::putAnnotation))
            .dropped("creationTimestamp", "written by the server", "")
            .build();

    /** The pod's own metadata may carry the label too. */
    private static final FieldTable<StepDraft> POD_TEMPLATE = FieldTable.<StepDraft>named("step pod template")
            .object("metadata", POD_METADATA, step -> step)
            .value("spec", "see pod", (step, spec) -> PodTable.POD.read(spec, step.role.pod))
            .build();

    private static final FieldTable<StepDraft> JOB = FieldTable.<StepDraft>named("step job spec")
            .object("template", POD_TEMPLATE, step -> step)
            .value("backoffLimit", "`runPolicy.retries.user`", (step, value) -> step.backoffLimit = value)
            .dropped(
                    List.of("parallelism", "completions", "completionMode"),
                    "the number of nodes says how many replicas there are",
                    "")
            .dropped(
                    List.of("podFailurePolicy", "successPolicy", "backoffLimitPerIndex", "maxFailedIndexes"),
                    "exit codes are judged for the whole job",
                    "set `runPolicy.exitCodes`")
            .dropped("activeDeadlineSeconds", "time is limited for the job", "set `runPolicy.activeDeadline`")
            .dropped("ttlSecondsAfterFinished", "the whole job goes at once", "set `runPolicy.ttlAfterFinished`")
            .build();

    private static final FieldTable<StepDraft> TEMPLATE = FieldTable.<StepDraft>named("step template")
            .object("metadata", METADATA, step -> step)
            .object("spec", JOB, step -> step)
            .build();

    static final FieldTable<StepDraft> TABLE = FieldTable.<StepDraft>named("replicated job")
            .text(
                    "name",
                    "`roles`: node is worker, launcher is launcher; steps that fetch data are dropped",
                    (s, n) -> {})
            .value("replicas", "dropped: the number of nodes counts", StepDraft::replicas)
            .dropped("groupName", "roles are not grouped", "")
            .value("dependsOn", "`startAfter` for a step that must be ready", StepDraft::dependsOn)
            .object("template", TEMPLATE, step -> step)
            .build();

    static final List<FieldTable<?>> TABLES = List.of(TABLE, JOB);

    final String name;
    final RoleDraft role;
    private String ancestor = "";

    @Nullable
    ForeignValue backoffLimit;

    boolean waitsForNodes;

    StepDraft(String name, String roleName, ForeignValue source) {
        this.name = name;
        this.role = new RoleDraft(roleName, source);
    }

    /** Whether the TrainJob's own image, command and variables are for this step. */
    boolean isTrainer() {
        return ancestor.equals("trainer");
    }

    /** Whether it fetches data or a model before the training. */
    boolean isInitializer() {
        return ancestor.endsWith("-initializer") || name.endsWith("-initializer");
    }

    private static final FieldTable<StepDraft> DEPENDENCY = FieldTable.<StepDraft>named("dependsOn entry")
            .text("name", "`startAfter`", (step, text) -> {})
            .text("status", "only Ready can be waited for", (step, text) -> {})
            .build();

    private static void labels(StepDraft step, ForeignValue labels) {
        for (Member label : labels.members()) {
            if (label.key().equals(STEP_LABEL)) {
                label.value().text().ifPresent(text -> step.ancestor(label.value(), text));
            } else {
                label.value().dropped(NO_OBJECT, "");
            }
        }
    }

    private static void podLabels(StepDraft step, ForeignValue labels) {
        labels.eachText((key, text) -> {
            if (!key.equals(STEP_LABEL)) {
                step.role.pod.options.putLabel(key, text);
            }
        });
        labels.at(STEP_LABEL).ifPresent(label -> label.text().ifPresent(text -> step.ancestor(label, text)));
    }

    private void ancestor(ForeignValue label, String text) {
        ancestor = text;
        if (!STEPS.contains(text)) {
            label.dropped("no step that is known", "one of " + String.join(", ", STEPS));
        }
    }

    private static void replicas(StepDraft step, ForeignValue value) {
        if (value.whole(0).filter(count -> count != 1).isPresent()) {
            value.dropped("the number of nodes counts", "set `replicas` of the role");
        }
    }

    private static void dependsOn(StepDraft step, ForeignValue list) {
        for (ForeignValue item : list.items()) {
            DEPENDENCY.read(item, step);
            if (item.peek("status").orElse("").equals("Ready")
                    && item.peek("name").orElse("").equals("node")) {
                step.waitsForNodes = true;
            } else {
                item.dropped("roles wait until others are ready, not until they have ended", "");
            }
        }
    }
}
