package io.mlengine.backend.k8s.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import java.util.List;

/**
 * JSON patches (RFC 6902) that replace what is ours in an object if that is still as it was seen. Unlike a resource version
 * they do not care what others write beside it, so nobody can starve us by writing all the time. Pure.
 */
final class TrainPatches {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String STATUS = "/status";
    private static final String CONDITIONS = STATUS + "/conditions";
    private static final String FINALIZERS = "/metadata/finalizers";

    private TrainPatches() {}

    /**
     * Replaces the status.
     *
     * @param expected version of the record that must be there, 0 for none
     */
    static ArrayNode status(TrainEntry entry, JsonNode status, long expected) {
        ArrayNode patch = ofSameObject(entry);
        if (entry.hasStatus()) {
            add(
                    patch,
                    "test",
                    STATUS + "/recordVersion",
                    expected == 0 ? NODES.nullNode() : NODES.numberNode(expected));
        } else {
            add(patch, "test", STATUS, NODES.nullNode());
        }
        return add(patch, "add", STATUS, status);
    }

    /**
     * Sets one condition of a status whose record is as it was seen, and touches nothing else.
     *
     * @param resource the object as it was seen, with a record
     */
    static ArrayNode condition(TrainEntry entry, MLTrainResource resource, String type, JsonNode condition) {
        MLTrainStatus seen = resource.getStatus();
        ArrayNode patch = ofSameObject(entry);
        add(patch, "test", STATUS + "/record", NODES.textNode(seen.record()));
        if (seen.conditions().isEmpty()) {
            return add(patch, "add", CONDITIONS, NODES.arrayNode().add(condition));
        }
        for (int i = 0; i < seen.conditions().size(); i++) {
            if (type.equals(seen.conditions().get(i).type())) {
                add(patch, "test", CONDITIONS + "/" + i + "/type", NODES.textNode(type));
                return add(patch, "replace", CONDITIONS + "/" + i, condition);
            }
        }
        return add(patch, "add", CONDITIONS + "/-", condition);
    }

    /** Replaces the finalizers. */
    static ArrayNode finalizers(TrainEntry entry, List<String> wanted) {
        ArrayNode patch = ofSameObject(entry);
        List<String> seen = entry.finalizers();
        add(patch, "test", FINALIZERS, seen.isEmpty() ? NODES.nullNode() : texts(seen));
        return add(patch, "add", FINALIZERS, texts(wanted));
    }

    private static ArrayNode ofSameObject(TrainEntry entry) {
        return add(NODES.arrayNode(), "test", "/metadata/uid", NODES.textNode(JobIds.uid(entry.job())));
    }

    private static ArrayNode texts(List<String> texts) {
        ArrayNode array = NODES.arrayNode();
        texts.forEach(array::add);
        return array;
    }

    private static ArrayNode add(ArrayNode patch, String operation, String path, JsonNode value) {
        patch.addObject().put("op", operation).put("path", path).set("value", value);
        return patch;
    }
}
