package io.mlengine.core.document;

import io.mlengine.core.admission.Frameworks;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.OptionSchema.Option;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON Schema (draft 2020-12) of the {@code MLTrain} document, for editors and other languages. */
public final class JsonSchema {
    private JsonSchema() {}

    /**
     * Writes the schema.
     *
     * @param frameworks the frameworks whose options it describes; with none, options are not checked
     * @return indented JSON
     */
    public static String of(Frameworks frameworks) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("$id", "https://mlengine.io/schema/mltrain-v1.json");
        schema.put("title", "MLTrain");
        schema.putAll(TrainTable.TRAIN.schema());
        List<Object> branches = new ArrayList<>();
        frameworks
                .names()
                .forEach(name -> frameworks
                        .launcher(name)
                        .map(FrameworkLauncher::options)
                        .ifPresent(options -> branches.add(branch(name.value(), options))));
        if (!branches.isEmpty()) {
            schema.put("allOf", branches);
        }
        return TextWriter.json(schema);
    }

    private static Map<String, Object> branch(String framework, OptionSchema options) {
        Map<String, Object> properties = new LinkedHashMap<>();
        options.options().forEach(option -> properties.put(option.name(), option(option)));
        Map<String, Object> closed = new LinkedHashMap<>();
        closed.put("properties", properties);
        closed.put("additionalProperties", false);
        Map<String, Object> branch = new LinkedHashMap<>();
        branch.put("if", inSpec("framework", Map.of("const", framework)));
        branch.put("then", inSpec("frameworkOptions", closed));
        return branch;
    }

    private static Map<String, Object> inSpec(String field, Map<String, Object> schema) {
        return Map.of("properties", Map.of("spec", Map.of("properties", Map.of(field, schema))));
    }

    private static Map<String, Object> option(Option option) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", option.description());
        option.defaultText().ifPresent(text -> schema.put("$comment", "default: " + text));
        switch (option.type()) {
            case TEXT -> schema.putAll(option.words().isEmpty() ? Map.of("type", "string") : words(option));
            case INTEGER -> schema.putAll(number("integer", option));
            case NUMBER -> schema.putAll(number("number", option));
            case FLAG -> schema.put("type", "boolean");
            case LIST -> schema.putAll(Values.ordered("type", "array", "items", Map.of("type", "string")));
            case INTEGER_OR_WORD -> schema.put("anyOf", List.of(number("integer", option), words(option)));
        }
        return schema;
    }

    private static Map<String, Object> words(Option option) {
        return Map.of("enum", option.words());
    }

    private static Map<String, Object> number(String type, Option option) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", type);
        option.least().ifPresent(least -> schema.put("minimum", least));
        option.most().ifPresent(most -> schema.put("maximum", most));
        return schema;
    }
}
