package io.mlengine.core.convert;

import io.mlengine.core.convert.ForeignValue.Member;
import java.util.List;
import java.util.Set;

/** The metadata of a job. */
final class MetadataTable {
    private static final String SERVER = "written by the server";

    /** Labels and annotations by which queueing systems are told the queue. */
    private static final Set<String> QUEUE_KEYS = Set.of(
            EngineNames.QUEUE,
            "kueue.x-k8s.io/queue-name",
            "scheduling.volcano.sh/queue-name",
            "volcano.sh/queue-name",
            "yunikorn.apache.org/queue");

    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    static final FieldTable<JobDraft> TABLE = FieldTable.<JobDraft>named("metadata")
            .text("name", "`metadata.name`", (job, name) -> job.name = name)
            .value("generateName", "`metadata.name` without the dash at its end", MetadataTable::generateName)
            .text("namespace", "`metadata.namespace`", (job, namespace) -> job.train.namespace(namespace))
            .value("labels", "`metadata.labels`; `spec.queue` for the label of a queue", MetadataTable::labels)
            .value("annotations", "`metadata.annotations`", MetadataTable::annotations)
            .dropped(
                    List.of(
                            "uid",
                            "resourceVersion",
                            "generation",
                            "creationTimestamp",
                            "deletionTimestamp",
                            "deletionGracePeriodSeconds",
                            "selfLink",
                            "managedFields"),
                    SERVER,
                    "")
            .dropped(List.of("ownerReferences", "finalizers"), "they speak of other objects of the cluster", "")
            .build();

    private MetadataTable() {}

    private static void generateName(JobDraft job, ForeignValue value) {
        value.text().filter(text -> job.name.isEmpty()).ifPresent(text -> {
            job.name = text.replaceFirst("-+$", "");
            value.changed("a name is free again when its job has ended, so it needs no random end", "");
        });
    }

    private static void labels(JobDraft job, ForeignValue labels) {
        for (Member label : labels.members()) {
            if (QUEUE_KEYS.contains(label.key())) {
                queue(job, label.value());
            } else if (label.key().equals("kueue.x-k8s.io/priority-class")) {
                label.value().dropped("importance is a number here", "set `priority`");
            } else if (!EngineNames.drop(label)) {
                label.value().text().ifPresent(text -> job.train.putLabel(label.key(), text));
            }
        }
    }

    private static void annotations(JobDraft job, ForeignValue annotations) {
        for (Member annotation : annotations.members()) {
            if (QUEUE_KEYS.contains(annotation.key())) {
                queue(job, annotation.value());
            } else if (annotation.key().equals(LAST_APPLIED)) {
                annotation.value().dropped("a copy of the document itself", "");
            } else if (annotation.key().equals(EngineNames.PREEMPTIBLE)) {
                annotation.value().text().ifPresent(text -> job.train.preemptible(!text.equals("false")));
            } else if (!EngineNames.drop(annotation)) {
                annotation.value().text().ifPresent(text -> job.train.putAnnotation(annotation.key(), text));
            }
        }
    }

    static void queue(JobDraft job, ForeignValue value) {
        value.text().ifPresent(queue -> {
            job.train.queue(queue);
            value.changed("becomes `spec.queue: " + queue + "`", "");
        });
    }
}
