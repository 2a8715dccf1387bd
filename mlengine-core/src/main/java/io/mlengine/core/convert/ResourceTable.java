package io.mlengine.core.convert;

import io.mlengine.core.admission.ViolationCode;
import io.mlengine.core.convert.ForeignValue.Member;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.Resources;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a container asks for. A replica holds one amount of each resource, for the scheduler and for the limit alike: the
 * limit where there is one, since with less the program might not live.
 */
final class ResourceTable {
    static final FieldTable<Map<String, ForeignValue>> TABLE = FieldTable.<Map<String, ForeignValue>>named(
                    "container resources")
            .value("limits", "`resources.cpu`, `memory`, `gpus`, `extended` of the role", ResourceTable::limits)
            .value("requests", "the same, where there is no limit", ResourceTable::requests)
            .dropped("claims", "devices are asked for by number and model", "set `resources.gpus` of the role")
            .build();

    private static final String NVIDIA = "nvidia.com/gpu";
    private static final String MIG = "nvidia.com/mig-";

    private ResourceTable() {}

    private static void limits(Map<String, ForeignValue> amounts, ForeignValue value) {
        value.members().forEach(member -> {
            ForeignValue request = amounts.put(member.key(), member.value());
            if (request != null) {
                overruled(request, member.value());
            }
        });
    }

    private static void requests(Map<String, ForeignValue> amounts, ForeignValue value) {
        value.members().forEach(member -> {
            ForeignValue limit = amounts.putIfAbsent(member.key(), member.value());
            if (limit != null) {
                overruled(member.value(), limit);
            }
        });
    }

    private static void overruled(ForeignValue request, ForeignValue limit) {
        if (!request.word().equals(limit.word())) {
            request.changed(
                    "a replica holds one amount, and the limit " + limit.word().orElse("") + " is taken", "");
        }
    }

    static Resources resources(Map<String, ForeignValue> amounts, Optional<String> gpuModel) {
        Resources.Builder resources = Resources.builder();
        // In a fixed order, so that of several kinds of GPU the same one wins.
        new TreeMap<>(amounts).forEach((name, value) -> {
            Member member = new Member(name, value);
            switch (name) {
                case "cpu" -> amount(value, 1000).ifPresent(resources::cpuMillis);
                case "memory" -> amount(value, 1).ifPresent(resources::memoryBytes);
                case "ephemeral-storage" ->
                    value.dropped("no backend measures what a replica writes", "watch the disk of the machine");
                default -> other(member, resources, gpuModel);
            }
        });
        return resources.build();
    }

    private static void other(Member member, Resources.Builder resources, Optional<String> gpuModel) {
        ForeignValue value = member.value();
        String name = member.key();
        if (name.startsWith("hugepages-")) {
            value.dropped("huge pages are not handed out", "set them up on the machine");
            return;
        }
        int count = amount(value, 1).map(ResourceTable::bounded).orElse(0);
        if (count == 0) {
            return;
        }
        boolean isTaken = resources.build().gpus().isPresent();
        if (name.equals(NVIDIA) || name.startsWith(MIG)) {
            if (isTaken) {
                value.dropped(
                        "a replica holds GPUs of one kind", "put what needs the other kind into a role of its own");
                return;
            }
            GpuRequest.Builder gpus = GpuRequest.builder().count(count);
            if (name.startsWith(MIG)) {
                // The device plugin writes a dot where NVIDIA's own name of a profile has a plus.
                gpus.migProfile(name.substring(MIG.length()).replaceFirst("(gb)\\.", "$1+"));
            } else {
                gpus.model(gpuModel);
            }
            resources.gpus(gpus.build());
        } else if (name.startsWith("nvidia.com/gpu")) {
            value.dropped("GPUs are never shared by time", "ask for whole ones or for MIG instances");
        } else {
            resources.putExtended(name, (long) count);
            value.check(
                    "`" + name + "` is asked for by name", "no node of the local backend offers it: remove it there");
        }
    }

    private static int bounded(long count) {
        return (int) Math.min(count, Integer.MAX_VALUE);
    }

    private static Optional<Long> amount(ForeignValue value, int parts) {
        Optional<String> word = value.isNothing() ? Optional.empty() : value.word();
        Optional<Long> amount = word.flatMap(text -> Quantity.of(text, parts));
        if (word.isPresent() && amount.isEmpty()) {
            value.reject(ViolationCode.BAD_UNIT, word.get(), "an amount such as 2, 500m or 4Gi");
        }
        return amount;
    }
}
