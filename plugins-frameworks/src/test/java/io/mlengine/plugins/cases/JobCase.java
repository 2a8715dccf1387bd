package io.mlengine.plugins.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mlengine.build.testing.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One case; the README beside the cases tells what its fields mean.
 *
 * @param file name of its file
 * @param node what it holds
 */
record JobCase(String file, JsonNode node) {
    /** Reads a folder of cases instead of our own. */
    static final String FOLDER_PROPERTY = "mlengine.cases.jobs";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Tells whether the cases are the repository's own, all of which are known. */
    static boolean areOurs() {
        return System.getProperty(FOLDER_PROPERTY, "").isEmpty();
    }

    /** All cases of the folder, by file name. */
    static List<JobCase> all() {
        Path folder = folder();
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(JobCase::read)
                    .toList();
        } catch (IOException e) {
            throw new AssertionError("no cases in " + folder, e);
        }
    }

    private static Path folder() {
        if (areOurs()) {
            return Module.folder().resolve("src/test/resources/cases/jobs");
        }
        // Whoever types a relative path stands at the root of the repository, while tests run in their module.
        Path named = Path.of(System.getProperty(FOLDER_PROPERTY));
        return Files.isDirectory(named)
                ? named
                : Module.folder().resolveSibling(".").resolve(named).normalize();
    }

    private static JobCase read(Path file) {
        try {
            return new JobCase(file.getFileName().toString(), JSON.readTree(file.toFile()));
        } catch (IOException e) {
            throw new AssertionError("not a case: " + file, e);
        }
    }

    String id() {
        return node.path("id").asText(file);
    }

    String anchor() {
        return node.path("anchor").asText();
    }

    String verdict() {
        return node.path("verdict").asText();
    }

    boolean diverges() {
        return verdict().equals("diverge");
    }

    String note() {
        return node.path("note").asText();
    }

    JsonNode input() {
        return node.path("input");
    }

    JsonNode expect() {
        return node.path("expect");
    }

    /** The rows of a case that is a table. */
    List<JsonNode> rows() {
        List<JsonNode> rows = new ArrayList<>();
        input().path("rows").forEach(rows::add);
        return rows;
    }

    /** Tells whether it is a table whose rows have all these fields. */
    boolean hasRowsWith(String... fields) {
        return !rows().isEmpty()
                && rows().stream().allMatch(row -> Stream.of(fields).allMatch(row::has));
    }

    /** The replicas of each role, named as our documents do; roles without any are left out. */
    SortedMap<String, Integer> roles() {
        SortedMap<String, Integer> roles = new TreeMap<>();
        input().path("roles").properties().forEach(role -> {
            JsonNode value = role.getValue();
            int replicas = value.isObject() ? value.path("replicas").asInt(1) : value.asInt();
            if (replicas > 0) {
                roles.put(role.getKey().toLowerCase(Locale.ROOT), replicas);
            }
        });
        return roles;
    }

    /** The fields of an object as texts. */
    static SortedMap<String, String> texts(JsonNode object) {
        SortedMap<String, String> texts = new TreeMap<>();
        object.properties()
                .forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
        return texts;
    }

    @Override
    public String toString() {
        return id();
    }
}
