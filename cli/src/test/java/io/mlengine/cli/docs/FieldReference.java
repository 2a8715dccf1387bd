package io.mlengine.cli.docs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the schema of documents as tables for people: one for each object. */
final class FieldReference {
    private final StringBuilder out = new StringBuilder();
    private final Map<Object, String> quantities;
    private final Map<Object, String> shown = new HashMap<>();

    private FieldReference(Map<?, ?> schema) {
        Map<?, ?> spec = properties(child(properties(schema), "spec"));
        Map<?, ?> role = properties(child(child(spec, "roles"), "items"));
        Map<?, ?> resources = properties(child(role, "resources"));
        Map<?, ?> runPolicy = properties(child(spec, "runPolicy"));
        quantities = Map.of(
                form(child(resources, "cpu")), "cores",
                form(child(resources, "memory")), "size with a unit",
                form(child(runPolicy, "stopGrace")), "time with a unit");
    }

    static String of(Map<?, ?> schema) {
        FieldReference reference = new FieldReference(schema);
        reference.table("", schema);
        return reference.out.toString();
    }

    private void table(String path, Map<?, ?> object) {
        out.append("### ")
                .append(path.isEmpty() ? "The document" : "`" + path + "`")
                .append("\n\n");
        String before = shown.putIfAbsent(form(object), path);
        if (before != null) {
            out.append("As `").append(before).append("`.\n\n");
            return;
        }
        out.append("| field | type | default | meaning |\n|---|---|---|---|\n");
        List<Runnable> below = new ArrayList<>();
        properties(object).forEach((name, child) -> {
            Map<?, ?> value = (Map<?, ?>) child;
            boolean isRequired = list(object, "required").contains(name);
            out.append("| `").append(name).append("` | ");
            out.append(type(value)).append(" | ");
            out.append(isRequired ? "required" : standard(value)).append(" | ");
            out.append(text(value, "description").replace("<", "&lt;")).append(" |\n");
            below(path.isEmpty() ? name.toString() : path + "." + name, value, below);
        });
        out.append('\n');
        below.forEach(Runnable::run);
    }

    private void below(String path, Map<?, ?> value, List<Runnable> below) {
        if (value.containsKey("properties")) {
            below.add(() -> table(path, value));
        }
        if (value.containsKey("items")) {
            below(path + "[]", child(value, "items"), below);
        }
        if (value.get("additionalProperties") instanceof Map<?, ?> any) {
            below(path + ".<name>", any, below);
        }
        list(value, "anyOf").forEach(one -> below(path, (Map<?, ?>) one, below));
    }

    private static String standard(Map<?, ?> value) {
        Object standard = value.containsKey("default") ? value.get("default") : "";
        boolean isStructure = standard instanceof Map || standard instanceof Collection;
        return isStructure || standard.toString().isEmpty() ? "" : "`" + standard + "`";
    }

    private String type(Map<?, ?> value) {
        String quantity = quantities.get(form(value));
        if (quantity != null) {
            return quantity;
        }
        if (value.containsKey("const")) {
            return "`" + value.get("const") + "`";
        }
        if (value.containsKey("enum")) {
            List<String> words = new ArrayList<>();
            list(value, "enum").forEach(word -> words.add("`" + word + "`"));
            return String.join(", ", words);
        }
        if (value.containsKey("anyOf")) {
            List<String> types = new ArrayList<>();
            list(value, "anyOf").forEach(one -> types.add(type((Map<?, ?>) one)));
            return String.join(" or ", types);
        }
        if (!(value.get("type") instanceof String)) {
            return "text, number, flag or list";
        }
        if (value.containsKey("items")) {
            return "list of " + type(child(value, "items"));
        }
        if (value.get("additionalProperties") instanceof Map<?, ?> any) {
            return "name: " + type(any);
        }
        return scalar(value);
    }

    private static String scalar(Map<?, ?> value) {
        String type = switch (text(value, "type")) {
            case "string" -> "text";
            case "boolean" -> "flag";
            case "integer" -> "whole number";
            default -> text(value, "type");
        };
        Object most = value.get("maximum");
        if (value.containsKey("minimum") && most != null && !most.equals(Integer.MAX_VALUE)) {
            return type + ", " + value.get("minimum") + " to " + most;
        }
        return value.containsKey("minimum") ? type + ", at least " + value.get("minimum") : type;
    }

    /** The part of a schema that tells the form of the value. */
    private static Object form(Map<?, ?> value) {
        Map<Object, Object> form = new LinkedHashMap<>(value);
        form.remove("description");
        form.remove("default");
        return form;
    }

    private static Map<?, ?> properties(Map<?, ?> object) {
        return child(object, "properties");
    }

    private static Map<?, ?> child(Map<?, ?> parent, String key) {
        if (parent.get(key) instanceof Map<?, ?> child) {
            return child;
        }
        throw new IllegalArgumentException("no object " + key + " in " + parent.keySet());
    }

    private static List<?> list(Map<?, ?> parent, String key) {
        return parent.get(key) instanceof List<?> list ? list : List.of();
    }

    private static String text(Map<?, ?> parent, String key) {
        return String.valueOf(parent.get(key));
    }
}
