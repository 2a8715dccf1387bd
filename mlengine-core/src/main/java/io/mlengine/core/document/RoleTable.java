package io.mlengine.core.document;

import static io.mlengine.core.document.Field.defaulted;
import static io.mlengine.core.document.Field.optional;
import static io.mlengine.core.document.Field.optionalInt;
import static io.mlengine.core.document.Field.optionalLong;
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
import io.mlengine.spi.model.GpuRequest;
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

/** The field table of a role and of what a replica holds. */
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
                                "resources", resources(), "What each replica holds.", Role::resources, Resources.NONE),
                        (builder, resources) -> builder.resources(resources))
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

    private static ObjectType<Resources> resources() {
        return ObjectType.<Resources, Resources.Builder>builder("an object")
                .with(
                        defaulted("cpu", Quantities.CPU_MILLIS, "Cores: 2, 0.5 or 500m.", Resources::cpuMillis, 0L),
                        Resources.Builder::cpuMillis)
                .with(
                        defaulted(
                                "memory",
                                Quantities.BYTES,
                                "Main memory with a unit, for example 16GiB.",
                                Resources::memoryBytes,
                                0L),
                        Resources.Builder::memoryBytes)
                .with(
                        optional(
                                "gpus",
                                SpecialValues.gpus(gpus()),
                                "GPUs: how many, or an object that says which.",
                                Resources::gpus),
                        (builder, gpus) -> builder.gpus(gpus))
                .with(
                        defaulted(
                                "extended",
                                Values.map(Values.whole(1, Long.MAX_VALUE)),
                                "Other countable resources by name.",
                                Resources::extended,
                                Collections.unmodifiableSortedMap(new TreeMap<>())),
                        (builder, extended) -> builder.extended(extended))
                .build(Resources::builder, Resources.Builder::build);
    }

    private static ObjectType<GpuRequest> gpus() {
        return ObjectType.<GpuRequest, GpuRequest.Builder>builder("an object with `count`")
                .with(
                        required(
                                "count",
                                Values.integer(1, Limits.MOST_GPUS),
                                "Number of devices.",
                                GpuRequest::count,
                                1),
                        GpuRequest.Builder::count)
                .with(
                        optional("model", TEXT, "Part of the model's name, for example A100.", GpuRequest::model),
                        (builder, model) -> builder.model(model))
                .with(
                        optionalLong(
                                "memory",
                                Quantities.BYTES,
                                "Least memory of each device with a unit, for example 40GB.",
                                GpuRequest::memoryBytes),
                        (builder, bytes) -> builder.memoryBytes(bytes))
                .with(
                        optional(
                                "migProfile",
                                TEXT,
                                "MIG profile, for example 1g.10gb; a whole device without it.",
                                GpuRequest::migProfile),
                        (builder, profile) -> builder.migProfile(profile))
                .with(
                        defaulted(
                                "optional",
                                Values.FLAG,
                                "Whether it can work without GPUs where no node has such devices.",
                                GpuRequest::optional,
                                false),
                        GpuRequest.Builder::optional)
                .build(GpuRequest::builder, GpuRequest.Builder::build);
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
