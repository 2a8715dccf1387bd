package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Renders the chart as Helm does with its own values, as far as the chart's templates go. */
final class HelmChart {
    private static final Pattern EXPRESSION = Pattern.compile("\\{\\{ (toJson )?\\.([A-Za-z.]+) }}");

    private final Path folder;
    private final JsonNode values;

    HelmChart(Path folder) {
        this.folder = folder;
        try {
            values = new ObjectMapper(new YAMLFactory())
                    .readTree(folder.resolve("values.yaml").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All templates that make objects, one after the other. */
    String render(String namespace) {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> templates = Files.list(folder.resolve("templates"))) {
            templates
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .forEach(file -> text.append("---\n").append(render(Documents.read(file), namespace)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private String render(String template, String namespace) {
        String text = EXPRESSION.matcher(template).replaceAll(match -> {
            String path = match.group(2);
            return Matcher.quoteReplacement(path.equals("Release.Namespace") ? namespace : value(match.group(1), path));
        });
        if (text.contains("{{")) {
            throw new AssertionError("a template says something that this test does not understand: " + text);
        }
        return text;
    }

    private String value(@Nullable String function, String path) {
        JsonNode value = values.at("/" + path.replaceFirst("^Values\\.", "").replace('.', '/'));
        if (value.isMissingNode() || (function == null && !value.isValueNode())) {
            throw new AssertionError("values.yaml has no such text: " + path);
        }
        return function == null ? value.asText() : value.toString();
    }
}
