package io.mlengine.core.document;

import static io.mlengine.core.document.Field.defaulted;
import static io.mlengine.core.document.Field.optional;
import static io.mlengine.core.document.Field.optionalInt;
import static io.mlengine.core.document.Field.required;
import static io.mlengine.core.document.Values.FLAG;
import static io.mlengine.core.document.Values.TEXT;
import static io.mlengine.core.document.Values.list;
import static io.mlengine.core.document.Values.word;

import io.mlengine.core.admission.Limits;
import io.mlengine.core.document.SpecialValues.NamedType;
import io.mlengine.core.document.SpecialValues.TextOrObjectType;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.PodOptions;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.SecretRef;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The field table of a role and of its environment variables. */
final class RoleTable {
    private static final String LABEL = "[a-z]([-a-z0-9]*[a-z0-9])?";

    /** Environment variables. */
    static final ValueType<SortedMap<String, EnvValue>> VARIABLES = variables();

    /** A role. */
    static final ObjectType<Role> ROLE = role();

    private RoleTable() {}

    private static ObjectType<Role> role() {
        ValueType<Integer> count = Values.integer(1, Limits.MOST_REPLICAS);
        return ObjectType.<Role, Role.Builder>builder("an object with name and command")
                .with(
                        required(
                                "name",
                                Values.pattern(LABEL, Limits.DNS_LABEL),
                                "Name, a DNS label, for example worker.",
                                Role::name,
                                ""),
                        Role.Builder::name)
                .with(
                        defaulted("replicas", count, "Number of replicas at the start.", Role::replicas, 1),
                        Role.Builder::replicas)
                .with(
                        optionalInt(
                                "minReplicas",
                                count,
                                "Least number with which the job may go on; makes the role elastic.",
                                Role::minReplicas),
                        (builder, least) -> builder.minReplicas(least))
                .with(
                        optionalInt(
                                "maxReplicas", count, "Largest number that it may be resized to.", Role::maxReplicas),
                        (builder, most) -> builder.maxReplicas(most))
                .with(
                        defaulted(
                                "command",
                                list(TEXT),
                                "Program and leading arguments; no shell is involved.",
                                Role::command,
                                List.of()),
                        (builder, words) -> builder.command(words))
                .with(
                        defaulted("args", list(TEXT), "Arguments after the command.", Role::args, List.of()),
                        (builder, words) -> builder.args(words))
                .with(
                        defaulted(
                                "env",
                                VARIABLES,
                                "Environment variables: a list of name and value, or name: value.",
                                Role::env,
                                Collections.unmodifiableSortedMap(new TreeMap<>())),
                        (builder, env) -> builder.env(env))
                .with(
                        optional(
                                "workingDirectory",
                                TEXT,
                                "Working folder, relative to the job's code unless absolute.",
                                Role::workingDirectory),
                        (builder, folder) -> builder.workingDirectory(folder))
                .with(
                        optional("image", TEXT, "Container image; ignored where none are used.", Role::image),
                        (builder, image) -> builder.image(image))
                .with(
                        defaulted(
                                "resources",
                                ResourceTable.RESOURCES,
                                "What each replica holds.",
                                Role::resources,
                                Resources.NONE),
                        (builder, resources) -> builder.resources(resources))
                .with(
                        defaulted(
                                "nodes",
                                NodeTable.CONSTRAINTS,
                                "Which nodes its replicas may be placed on.",
                                Role::nodes,
                                NodeConstraints.NONE),
                        Role.Builder::nodes)
                .with(
                        defaulted(
                                "pod",
                                PodTable.OPTIONS,
                                "What its pods carry; ignored where replicas are no pods.",
                                Role::pod,
                                PodOptions.NONE),
                        Role.Builder::pod)
                .with(
                        optional(
                                "restartScope",
                                word(RestartScope.class),
                                "What is started again after a failure; the framework's default without it.",
                                Role::restartScope),
                        (builder, scope) -> builder.restartScope(scope))
                .with(
                        defaulted(
                                "critical",
                                FLAG,
                                "Whether a permanent failure of one replica fails the job.",
                                Role::critical,
                                true),
                        Role.Builder::critical)
                .with(
                        optional(
                                "deciders",
                                word(Deciders.class),
                                "Which replicas decide that the job has succeeded.",
                                Role::deciders),
                        (builder, deciders) -> builder.deciders(deciders))
                .with(
                        defaulted(
                                "tracked",
                                FLAG,
                                "Whether the job waits for it; false for parameter servers and side-cars.",
                                Role::tracked,
                                true),
                        Role.Builder::tracked)
                .with(
                        defaulted(
                                "startAfter",
                                list(TEXT),
                                "Roles whose replicas must be ready before this one starts.",
                                Role::startAfter,
                                List.of()),
                        (builder, roles) -> builder.startAfter(roles))
                .build(Role::builder, Role.Builder::build);
    }

    private static ValueType<SortedMap<String, EnvValue>> variables() {
        Field<SecretRef, String> secretName = required("name", TEXT, "The secret's name.", SecretRef::name, "missing");
        Field<SecretRef, String> key = required("key", TEXT, "The key inside it.", SecretRef::key, "missing");
        ObjectType<SecretRef> secret = ObjectType.of(
                "an object with name and key",
                given -> new SecretRef(given.get(secretName), given.get(key)),
                secretName,
                key);
        Field<EnvValue, SecretRef> keyRef = required(
                "secretKeyRef", secret, "A key of a secret.", RoleTable::secret, new SecretRef("missing", "missing"));
        ObjectType<EnvValue> valueFrom =
                ObjectType.of("an object with `secretKeyRef`", given -> new EnvValue.Secret(given.get(keyRef)), keyRef);

        Field<Map.Entry<String, EnvValue>, String> name =
                required("name", TEXT, "The variable.", Map.Entry::getKey, "MISSING");
        Field<Map.Entry<String, EnvValue>, String> value =
                optional("value", TEXT, "Its text; empty without it.", entry -> literal(entry.getValue()));
        Field<Map.Entry<String, EnvValue>, EnvValue> from = optional(
                "valueFrom",
                valueFrom,
                "Where its value lies.",
                entry -> Optional.of(entry.getValue()).filter(variable -> variable.kind() == EnvValue.Kind.SECRET));
        ObjectType<Map.Entry<String, EnvValue>> named = ObjectType.of(
                "an object with name and value",
                given -> Map.entry(
                        given.get(name),
                        given.find(from)
                                .orElseGet(() -> EnvValue.of(given.find(value).orElse("")))),
                name,
                value,
                from);

        Field<EnvValue, EnvValue> alone =
                required("valueFrom", valueFrom, "Where its value lies.", variable -> variable, EnvValue.of(""));
        ObjectType<EnvValue> referred =
                ObjectType.of("a text or an object with `valueFrom`", given -> given.get(alone), alone);
        ValueType<EnvValue> text = Values.converted(
                TEXT, EnvValue::of, variable -> literal(variable).orElse(""));
        return new NamedType<>(
                named, new TextOrObjectType<>(text, referred, variable -> variable.kind() == EnvValue.Kind.LITERAL));
    }

    private static Optional<String> literal(EnvValue value) {
        return value instanceof EnvValue.Literal literal ? Optional.of(literal.value()) : Optional.empty();
    }

    private static SecretRef secret(EnvValue value) {
        if (value instanceof EnvValue.Secret secret) {
            return secret.ref();
        }
        throw new IllegalStateException("no reference to a secret");
    }
}
