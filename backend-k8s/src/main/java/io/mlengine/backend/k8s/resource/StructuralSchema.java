package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsOrArray;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsOrBool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Turns the JSON Schema of a document into the structural schema that the API server wants. Where the document takes
 * several types, the server takes anything and the document's reader judges. Unknown keys of objects are kept for the
 * same reason: the server would drop them silently, the reader names them and what was probably meant.
 */
final class StructuralSchema {
    private StructuralSchema() {}

    static JSONSchemaProps of(JsonNode schema) {
        JSONSchemaProps props = new JSONSchemaProps();
        ifThere(schema, "description", text -> props.setDescription(text.textValue()));
        if (schema.has("anyOf")) {
            alternatives(schema.get("anyOf"), props);
        } else if (schema.path("type").isArray()) {
            props.setXKubernetesPreserveUnknownFields(true);
        } else {
            props.setType(schema.path("type").asText("string"));
            limits(schema, props);
            ifThere(schema, "enum", words -> props.setEnum(list(words)));
            ifThere(schema, "items", items -> props.setItems(new JSONSchemaPropsOrArray(List.of(), of(items))));
            children(schema, props);
        }
        return props;
    }

    /** Sets the defaults that are numbers, words or flags; the server fills them in where the object around them is. */
    static void addDefaults(JsonNode schema, JSONSchemaProps props) {
        schema.path("properties").properties().forEach(property -> {
            JsonNode value = property.getValue().path("default");
            JSONSchemaProps field = props.getProperties().get(property.getKey());
            if (field != null && field.getType() != null && value.isValueNode()) {
                field.setDefault(value);
            }
        });
    }

    private static void children(JsonNode schema, JSONSchemaProps props) {
        if (schema.path("additionalProperties").isObject()) {
            props.setAdditionalProperties(new JSONSchemaPropsOrBool(null, of(schema.get("additionalProperties"))));
        }
        if (schema.has("properties")) {
            Map<String, JSONSchemaProps> properties = new LinkedHashMap<>();
            schema.get("properties")
                    .properties()
                    .forEach(field -> properties.put(field.getKey(), of(field.getValue())));
            props.setProperties(properties);
            props.setXKubernetesPreserveUnknownFields(true);
        }
        ifThere(schema, "required", names -> {
            List<String> required = new ArrayList<>();
            names.forEach(name -> required.add(name.textValue()));
            props.setRequired(required);
        });
    }

    /** A limit says nothing about values of another type, so those of all alternatives hold together. */
    private static void alternatives(JsonNode alternatives, JSONSchemaProps props) {
        Set<String> types = new TreeSet<>();
        alternatives.forEach(one -> {
            types.add(one.path("type").asText(one.has("anyOf") ? "" : "string"));
            limits(one, props);
        });
        if (types.equals(Set.of("integer", "string"))) {
            props.setXKubernetesIntOrString(true);
        } else {
            props.setXKubernetesPreserveUnknownFields(true);
        }
    }

    private static void limits(JsonNode schema, JSONSchemaProps props) {
        ifThere(schema, "pattern", pattern -> props.setPattern(pattern.textValue()));
        ifThere(schema, "maxLength", most -> props.setMaxLength(most.longValue()));
        ifThere(schema, "minimum", least -> props.setMinimum(least.doubleValue()));
        ifThere(schema, "maximum", most -> props.setMaximum(most.doubleValue()));
    }

    private static List<JsonNode> list(JsonNode array) {
        List<JsonNode> items = new ArrayList<>();
        array.forEach(items::add);
        return items;
    }

    private static void ifThere(JsonNode schema, String key, Consumer<JsonNode> use) {
        JsonNode value = schema.get(key);
        if (value != null) {
            use.accept(value);
        }
    }
}
