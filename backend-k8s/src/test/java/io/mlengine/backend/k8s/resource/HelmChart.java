package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Renders the chart as Helm does, as far as the chart's templates go. */
final class HelmChart {
    private static final Pattern EXPRESSION = Pattern.compile("\\{\\{ (toJson )?\\.([A-Za-z.]+) }}");
    private static final Pattern CONDITION = Pattern.compile("\\s*\\{\\{- (?:if (not )?\\.([A-Za-z.]+)|(end)) }}");

    private final Path folder;
    private final JsonNode values;
    private final Map<String, String> changed;

    HelmChart(Path folder) {
        this(folder, values(folder), Map.of());
    }

    private HelmChart(Path folder, JsonNode values, Map<String, String> changed) {
        this.folder = folder;
        this.values = values;
        this.changed = changed;
    }

    private static JsonNode values(Path folder) {
        try {
            return new ObjectMapper(new YAMLFactory())
                    .readTree(folder.resolve("values.yaml").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same with another value, as {@code --set} does. */
    HelmChart with(String path, String value) {
        Map<String, String> more = new TreeMap<>(changed);
        more.put(path, value);
        return new HelmChart(folder, values, more);
    }

    /** All templates that make objects, one after the other. */
    String render(String namespace) {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> templates = Files.list(folder.resolve("templates"))) {
            templates
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .forEach(file -> text.append("---\n").append(render(conditions(Documents.read(file)), namespace)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Leaves out what a condition leaves out; conditions have lines of their own. */
    private String conditions(String template) {
        StringBuilder text = new StringBuilder();
        Deque<Boolean> open = new ArrayDeque<>();
        for (String line : template.lines().toList()) {
            Matcher condition = CONDITION.matcher(line);
            if (!condition.matches()) {
                if (!open.contains(false)) {
                    text.append(line).append('\n');
                }
            } else if (condition.group(3) != null) {
                open.pop();
            } else {
                boolean holds = !value(null, condition.group(2)).matches("|false");
                open.push(holds == (condition.group(1) == null));
            }
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
        String name = path.replaceFirst("^Values\\.", "");
        JsonNode value = values.at("/" + name.replace('.', '/'));
        if (value.isMissingNode() || (function == null && !value.isValueNode())) {
            throw new AssertionError("values.yaml has no such text: " + path);
        }
        return changed.getOrDefault(name, function == null ? value.asText() : value.toString());
    }
}
