package io.mlengine.backend.k8s.resource;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsOrArray;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Describes a model of this package: one property for each accessor with a {@link FieldSchema}, sorted by name. */
final class ModelSchema {
    /** The largest whole number that every reader of JSON keeps exactly. */
    private static final double MOST = 9_007_199_254_740_992.0;

    private ModelSchema() {}

    static JSONSchemaProps of(Class<?> model, @Nullable String description) {
        Map<String, JSONSchemaProps> properties = new LinkedHashMap<>();
        Arrays.stream(model.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(FieldSchema.class))
                .sorted(Comparator.comparing(Method::getName))
                .forEach(method -> properties.put(method.getName(), property(method)));
        JSONSchemaProps schema = new JSONSchemaProps();
        schema.setType("object");
        schema.setDescription(description);
        schema.setProperties(properties);
        return schema;
    }

    private static JSONSchemaProps property(Method accessor) {
        FieldSchema field = accessor.getAnnotation(FieldSchema.class);
        JSONSchemaProps schema = of(accessor.getGenericReturnType(), field.value());
        if (!field.pattern().isEmpty()) {
            schema.setPattern("^(" + field.pattern() + ")$");
        }
        if (field.intOrString()) {
            schema.setType(null);
            schema.setXKubernetesIntOrString(true);
            schema.setMinimum(0.0);
            schema.setMaximum(MOST);
        }
        return schema;
    }

    private static JSONSchemaProps of(Type type, String description) {
        JSONSchemaProps schema = new JSONSchemaProps();
        schema.setDescription(description);
        if (type == String.class) {
            schema.setType("string");
        } else if (type == Boolean.class) {
            schema.setType("boolean");
        } else if (type == Integer.class) {
            number(schema, "int32", Integer.MAX_VALUE);
        } else if (type == Long.class) {
            number(schema, "int64", MOST);
        } else if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            schema.setType("array");
            schema.setItems(new JSONSchemaPropsOrArray(
                    List.of(), ModelSchema.of((Class<?>) list.getActualTypeArguments()[0], null)));
        } else if (type instanceof Class<?> model && model.isInterface()) {
            return ModelSchema.of(model, description);
        } else {
            throw new IllegalStateException("a field has a type without schema: " + type);
        }
        return schema;
    }

    private static void number(JSONSchemaProps schema, String format, double most) {
        schema.setType("integer");
        schema.setFormat(format);
        schema.setMinimum(0.0);
        schema.setMaximum(most);
    }
}
