package io.mlengine.core.convert;

import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.PodOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The pods of a role, before it is known which of their containers trains. */
final class PodDraft {
    final List<ForeignValue> containers = new ArrayList<>();
    final List<ForeignValue> initContainers = new ArrayList<>();
    final Map<String, VolumeDraft> volumes = new LinkedHashMap<>();
    final NodeConstraints.Builder nodes = NodeConstraints.builder();
    final PodOptions.Builder options = PodOptions.builder();
    final SecurityDraft security = new SecurityDraft();
    private @Nullable String gpuModel;
    private @Nullable Duration stopGrace;

    Optional<String> gpuModel() {
        return Optional.ofNullable(gpuModel);
    }

    Optional<Duration> stopGrace() {
        return Optional.ofNullable(stopGrace);
    }

    void gpuModel(String model) {
        gpuModel = model;
    }

    void stopGrace(Duration time) {
        stopGrace = time;
    }

    /**
     * Reads the container that trains: the one of the framework's name, else the first. The others are told as dropped.
     * Several of one name are layers, as patches of a runtime are.
     */
    ContainerDraft container(List<String> names) {
        ContainerDraft draft = new ContainerDraft();
        Optional<String> chosen = names.stream()
                .filter(name -> containers.stream().anyMatch(container -> isNamed(container, name)))
                .findFirst()
                .or(() -> containers.stream()
                        .findFirst()
                        .map(first -> first.peek("name").orElse("")));
        for (ForeignValue container : containers) {
            if (isNamed(container, chosen.orElse(""))) {
                ContainerTable.TABLE.read(container, draft);
            } else {
                container.dropped(
                        "a side-car: a replica is one container",
                        "run it as a role of its own with `tracked: false`, or leave it out");
            }
        }
        return draft;
    }

    private static boolean isNamed(ForeignValue container, String name) {
        return container.peek("name").orElse("").equals(name);
    }
}
