package io.mlengine.core.document;

import static io.mlengine.core.document.Field.defaulted;
import static io.mlengine.core.document.Field.optional;
import static io.mlengine.core.document.Field.optionalLong;
import static io.mlengine.core.document.Field.required;
import static io.mlengine.core.document.Values.TEXT;

import io.mlengine.core.admission.Limits;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.Resources;
import java.util.Collections;
import java.util.TreeMap;

/** The field table of what a replica holds. */
final class ResourceTable {
    /** What a replica holds. */
    static final ObjectType<Resources> RESOURCES = resources();

    private ResourceTable() {}

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
                                "Whether it can work without GPUs where there are too few for all replicas.",
                                GpuRequest::optional,
                                false),
                        GpuRequest.Builder::optional)
                .build(GpuRequest::builder, GpuRequest.Builder::build);
    }
}
