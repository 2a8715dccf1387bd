package io.mlengine.backend.k8s.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Adds parts to the spec of a pod. What has the same name already stays as it is. */
final class PodParts {
    private final ObjectNode spec;
    private final List<String> warnings;
    private final List<ObjectNode> programs;

    /**
     * Works on a spec.
     *
     * @param spec the spec, which is changed
     * @param warnings takes what could not be added
     */
    PodParts(ObjectNode spec, List<String> warnings) {
        this.spec = spec;
        this.warnings = warnings;
        this.programs = programs(spec);
    }

    /** The containers that the pod came with; on a second call those of ours are there too, and are none. */
    private static List<ObjectNode> programs(ObjectNode spec) {
        List<ObjectNode> programs = new ArrayList<>();
        for (JsonNode container : spec.path("containers")) {
            if (container instanceof ObjectNode program && !name(program).startsWith("mlengine-")) {
                programs.add(program);
            }
        }
        return programs;
    }

    void warn(String warning) {
        warnings.add(warning);
    }

    /** Adds a volume; false when another one has its name. */
    boolean volume(ObjectNode volume) {
        ArrayNode volumes = list(spec, "volumes");
        Optional<JsonNode> same = find(volumes, name(volume));
        if (same.isEmpty()) {
            volumes.add(volume);
            return true;
        }
        if (volume.equals(same.get())) {
            return true;
        }
        warn("the pod has another volume of the name " + name(volume) + "; it is left as it is");
        return false;
    }

    /** Mounts a volume in all programs, to be read. */
    void mount(String volume, String folder, String path) {
        for (ObjectNode program : programs) {
            ArrayNode mounts = list(program, "volumeMounts");
            Optional<JsonNode> there = find(mounts, "mountPath", folder);
            if (there.isEmpty()) {
                ObjectNode mount = mounts.addObject()
                        .put("name", volume)
                        .put("mountPath", folder)
                        .put("readOnly", true);
                if (!path.isEmpty()) {
                    mount.put("subPath", path);
                }
            } else if (!name(there.get()).equals(volume)) {
                warn("container " + name(program) + " mounts something else at " + folder);
            }
        }
    }

    /** Sets a variable in all programs that do not have it. */
    void variable(ObjectNode variable) {
        for (ObjectNode program : programs) {
            ArrayNode variables = list(program, "env");
            if (find(variables, name(variable)).isEmpty()) {
                variables.add(variable.deepCopy());
            }
        }
    }

    void firstInitContainer(ObjectNode container) {
        ArrayNode containers = list(spec, "initContainers");
        if (find(containers, name(container)).isEmpty()) {
            containers.insert(0, container);
        }
    }

    void lastInitContainer(ObjectNode container) {
        append("initContainers", container);
    }

    void container(ObjectNode container) {
        append("containers", container);
    }

    private void append(String list, ObjectNode container) {
        ArrayNode containers = list(spec, list);
        if (find(containers, name(container)).isEmpty()) {
            containers.add(container);
        }
    }

    private static ArrayNode list(ObjectNode parent, String name) {
        return parent.path(name) instanceof ArrayNode list ? list : parent.putArray(name);
    }

    private static Optional<JsonNode> find(ArrayNode list, String name) {
        return find(list, "name", name);
    }

    private static Optional<JsonNode> find(ArrayNode list, String field, String value) {
        for (JsonNode item : list) {
            if (value.equals(item.path(field).asText())) {
                return Optional.of(item);
            }
        }
        return Optional.empty();
    }

    private static String name(JsonNode item) {
        return item.path("name").asText();
    }
}
