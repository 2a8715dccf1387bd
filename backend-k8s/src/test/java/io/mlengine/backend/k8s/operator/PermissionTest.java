package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.mlengine.backend.k8s.resource.InstallManifests;
import io.mlengine.backend.k8s.resource.RbacManifests;
import io.mlengine.build.testing.Module;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the dry run asks for is what the shipped manifest grants, no less and no more. */
class PermissionTest {
    @Test
    void theDryRunAsksForEachVerbOfEachRuleOfTheManifest() throws IOException {
        Set<String> granted = new TreeSet<>();
        for (JsonNode object : manifest()) {
            String kind = object.path("kind").asText();
            boolean isEngines = object.at("/metadata/name").asText().equals(RbacManifests.NAME);
            if (isEngines && (kind.equals("ClusterRole") || kind.equals("Role"))) {
                object.path("rules").forEach(rule -> grants(kind, rule).forEach(granted::add));
            }
        }

        Set<String> asked = new TreeSet<>();
        Permission.all(InstallManifests.NAMESPACE)
                .forEach(permission -> permission
                        .verbs()
                        .forEach(verb -> asked.add(grant(
                                permission.scope() == Permission.Scope.OWN ? "Role" : "ClusterRole",
                                permission.group(),
                                permission.resource(),
                                permission.name(),
                                verb))));

        assertThat(granted).hasSizeGreaterThan(40);
        assertThat(asked).isEqualTo(granted);
    }

    private static Stream<String> grants(String kind, JsonNode rule) {
        List<String> names = texts(rule.path("resourceNames"));
        return texts(rule.path("apiGroups")).stream()
                .flatMap(group -> texts(rule.path("resources")).stream()
                        .flatMap(resource -> (names.isEmpty() ? List.of("") : names)
                                .stream()
                                        .flatMap(name -> texts(rule.path("verbs")).stream()
                                                .map(verb -> grant(kind, group, resource, name, verb)))));
    }

    private static String grant(String kind, String group, String resource, String name, String verb) {
        return String.join(" ", kind, verb, group + "/" + resource, name);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(one -> texts.add(one.asText()));
        return texts;
    }

    private static List<JsonNode> manifest() throws IOException {
        try (var objects = new ObjectMapper()
                .readerFor(JsonNode.class)
                .readValues(new YAMLFactory()
                        .createParser(Module.folder()
                                .resolve("../docs/deploy/mlengine.yaml")
                                .toFile()))) {
            List<JsonNode> all = new ArrayList<>();
            objects.forEachRemaining(one -> all.add((JsonNode) one));
            return all;
        }
    }
}
