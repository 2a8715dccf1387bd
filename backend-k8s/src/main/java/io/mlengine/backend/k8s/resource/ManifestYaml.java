package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;

/** Writes objects as a stream of YAML documents that people read. */
public final class ManifestYaml {
    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build());
    private static final KubernetesSerialization CLIENT = new KubernetesSerialization();

    private ManifestYaml() {}

    /**
     * Writes objects one after the other.
     *
     * @param objects the objects
     * @return YAML of several documents
     */
    public static String of(List<? extends HasMetadata> objects) {
        StringBuilder text = new StringBuilder();
        objects.forEach(object -> text.append(of(object)));
        return text.toString();
    }

    private static String of(HasMetadata object) {
        try {
            JsonNode tree = YAML.readTree(CLIENT.asJson(object));
            return YAML.writeValueAsString(plain(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an object of the client is no JSON", e);
        }
    }

    /** The client's limits are floating point; as such they would be written in a form that not every reader of YAML takes for a number. */
    private static JsonNode plain(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            object.properties().forEach(field -> field.setValue(plain(field.getValue())));
        } else if (tree instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, plain(array.get(i)));
            }
        } else if (tree.isDouble() && tree.doubleValue() == (long) tree.doubleValue()) {
            return LongNode.valueOf((long) tree.doubleValue());
        }
        return tree;
    }
}
