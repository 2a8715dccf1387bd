package io.mlengine.core.convert;

import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.convert.ContainerDraft.Variable;
import io.mlengine.spi.model.EnvValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Environment variables of a container. */
final class EnvironmentTable {
    private static final FieldTable<Draft> SECRET = FieldTable.<Draft>named("secretKeyRef")
            .text("name", "`valueFrom.secretKeyRef.name`", (draft, text) -> draft.secret = text)
            .text("key", "`valueFrom.secretKeyRef.key`", (draft, text) -> draft.key = text)
            .value("optional", "dropped: a secret that is missing is an error", EnvironmentTable::optional)
            .build();

    private static final FieldTable<Draft> SOURCE = FieldTable.<Draft>named("env valueFrom")
            .object("secretKeyRef", SECRET, draft -> draft)
            .value("fieldRef", "dropped: there is no pod to ask", EnvironmentTable::podField)
            .dropped(
                    "resourceFieldRef",
                    "nothing tells a program its own resources",
                    "write the amount as the variable's value")
            .dropped(
                    "configMapKeyRef", "there are no config maps", "write the value here, or ship a file with the code")
            .dropped("fileKeyRef", "variables are not read from files", "write the value here")
            .build();

    static final FieldTable<Draft> TABLE = FieldTable.<Draft>named("env variable")
            .text("name", "`env` of the role", (draft, text) -> draft.name = text)
            .text("value", "its value", (draft, text) -> draft.value = text)
            .object("valueFrom", SOURCE, draft -> draft)
            .build();

    private EnvironmentTable() {}

    /** One variable. */
    static final class Draft {
        private String name = "";
        private @Nullable String value;
        private @Nullable String secret;
        private @Nullable String key;
    }

    static void read(ContainerDraft container, ForeignValue list) {
        for (ForeignValue item : list.items()) {
            Draft draft = new Draft();
            TABLE.read(item, draft);
            if (draft.name.isEmpty()) {
                item.reject(ViolationCode.MISSING_FIELD, "", "`name` is required");
            } else {
                variable(draft, item).ifPresent(value -> container.env.put(draft.name, new Variable(value, item)));
            }
        }
    }

    private static Optional<EnvValue> variable(Draft draft, ForeignValue item) {
        if (draft.secret != null && draft.key != null) {
            return Optional.of(EnvValue.secret(draft.secret, draft.key));
        }
        if (draft.value != null) {
            return Optional.of(EnvValue.of(draft.value));
        }
        // A name alone is an empty text; with a source that was dropped there is no value to give.
        return item.has("valueFrom") ? Optional.empty() : Optional.of(EnvValue.of(""));
    }

    private static void optional(Draft draft, ForeignValue value) {
        if (value.flag().orElse(false)) {
            value.changed("a secret that is missing is an error", "remove the variable where it may be missing");
        }
    }

    private static void podField(Draft draft, ForeignValue value) {
        String field = value.peek("fieldPath").orElse("");
        String advice = switch (field) {
            case "metadata.name" -> "read MLENGINE_ROLE and MLENGINE_REPLICA_INDEX instead";
            case "metadata.namespace" -> "read MLENGINE_NAMESPACE instead";
            case "metadata.uid" -> "read MLENGINE_JOB_ID and MLENGINE_ATTEMPT instead";
            case "status.podIP", "status.hostIP", "spec.nodeName" -> "the launcher tells the addresses that count";
            default -> "write the value here";
        };
        value.dropped("there is no pod whose `" + field + "` could be asked for", advice);
    }
}
