package io.mlengine.core.document;

import static io.mlengine.core.document.Field.defaulted;
import static io.mlengine.core.document.Field.optional;
import static io.mlengine.core.document.Field.optionalLong;
import static io.mlengine.core.document.Values.FLAG;
import static io.mlengine.core.document.Values.TEXT;
import static io.mlengine.core.document.Values.list;
import static io.mlengine.core.document.Values.map;
import static io.mlengine.core.document.Values.word;

import io.mlengine.core.admission.Limits;
import io.mlengine.spi.model.PodOptions;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/** The field table of what a role's pods carry. Words are spelled as Kubernetes spells them. */
final class PodTable {
    /** What pods carry besides the program. */
    static final ObjectType<PodOptions> OPTIONS = options();

    private PodTable() {}

    private static ObjectType<PodOptions> options() {
        ObjectTypeBuilder<PodOptions, PodOptions.Builder> rows = ObjectType.builder("an object");
        names(rows);
        image(rows);
        security(rows);
        return rows.build(PodOptions::builder, PodOptions.Builder::build);
    }

    private static void names(ObjectTypeBuilder<PodOptions, PodOptions.Builder> rows) {
        rows.with(
                        defaulted(
                                "labels",
                                map(TEXT),
                                "Labels of the pods, none of mlengine.io.",
                                PodOptions::labels,
                                Collections.unmodifiableSortedMap(new TreeMap<>())),
                        (builder, labels) -> builder.labels(labels))
                .with(
                        defaulted(
                                "annotations",
                                map(TEXT),
                                "Annotations of the pods, none of mlengine.io.",
                                PodOptions::annotations,
                                Collections.unmodifiableSortedMap(new TreeMap<>())),
                        (builder, annotations) -> builder.annotations(annotations))
                .with(
                        optional(
                                "serviceAccount",
                                TEXT,
                                "Service account that the program runs as.",
                                PodOptions::serviceAccount),
                        (builder, account) -> builder.serviceAccount(account));
    }

    private static void image(ObjectTypeBuilder<PodOptions, PodOptions.Builder> rows) {
        rows.with(
                        defaulted(
                                "imagePullSecrets",
                                list(TEXT),
                                "Names of secrets that the image is fetched with.",
                                PodOptions::imagePullSecrets,
                                List.of()),
                        (builder, secrets) -> builder.imagePullSecrets(secrets))
                .with(
                        optional(
                                "imagePullPolicy",
                                word(List.of(PodOptions.PullPolicy.values()), PodOptions.PullPolicy::word),
                                "When the image is fetched.",
                                PodOptions::imagePullPolicy),
                        (builder, policy) -> builder.imagePullPolicy(policy))
                .with(
                        optionalLong(
                                "sharedMemory",
                                Quantities.BYTES,
                                "Size of /dev/shm with a unit, for example 8GiB; it counts as memory.",
                                PodOptions::sharedMemoryBytes),
                        (builder, bytes) -> builder.sharedMemoryBytes(bytes));
    }

    private static void security(ObjectTypeBuilder<PodOptions, PodOptions.Builder> rows) {
        ValueType<Long> id = Values.whole(0, Limits.MOST_ID);
        rows.with(
                        optionalLong("runAsUser", id, "User that the program runs as.", PodOptions::runAsUser),
                        (builder, user) -> builder.runAsUser(user))
                .with(
                        optionalLong("runAsGroup", id, "Group that the program runs as.", PodOptions::runAsGroup),
                        (builder, group) -> builder.runAsGroup(group))
                .with(
                        optionalLong("fsGroup", id, "Group that owns mounted volumes.", PodOptions::fsGroup),
                        (builder, group) -> builder.fsGroup(group))
                .with(
                        optional(
                                "runAsNonRoot",
                                FLAG,
                                "Whether the program may not start as root.",
                                PodOptions::runAsNonRoot),
                        (builder, choice) -> builder.runAsNonRoot(choice))
                .with(
                        optional(
                                "priorityClass",
                                TEXT,
                                "The cluster's priority class; the order of jobs is that of `priority`.",
                                PodOptions::priorityClass),
                        (builder, name) -> builder.priorityClass(name));
    }
}
