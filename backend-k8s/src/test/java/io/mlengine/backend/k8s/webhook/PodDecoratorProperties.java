package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PodDecoratorProperties {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @Property(edgeCases = EdgeCasesMode.NONE)
    void decoratingAgainChangesNothing(@ForAll("pods") ObjectNode pod, @ForAll("versions") int minor) {
        PodAdmission admission = admission(minor);
        JsonNode once = JsonPatch.apply(admission.admit(Samples.create(pod)).patch(), pod);

        assertThat(admission.admit(Samples.create(once)).patch()).isEmpty();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void aDecoratedPodKeepsEverythingItHad(@ForAll("pods") ObjectNode pod, @ForAll("versions") int minor) {
        JsonNode decorated =
                JsonPatch.apply(admission(minor).admit(Samples.create(pod)).patch(), pod);

        assertKept(pod, decorated, "");
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void nobodyIsRefusedAndNothingOfTheHostAppears(@ForAll("pods") ObjectNode pod, @ForAll("versions") int minor) {
        Verdict verdict = admission(minor).admit(Samples.create(pod));

        assertThat(verdict.isAllowed()).isTrue();
        assertThat(verdict.patch().toString())
                .doesNotContain("hostPath", "hostNetwork", "privileged", "serviceAccount");
    }

    private static PodAdmission admission(int minor) {
        return new PodAdmission(new PodDecorator(Optional.of("git-sync:v4"), minor), "mlengine-system");
    }

    /** Fields stay, items of lists stay in their order; a gang alone may take the default scheduler's place. */
    private static void assertKept(JsonNode before, JsonNode after, String path) {
        if (path.equals("/spec/schedulerName") && before.asText().equals("default-scheduler")) {
            assertThat(after.asText()).isIn("default-scheduler", "mlengine");
        } else if (before instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                assertThat(after.has(field.getKey()))
                        .as(path + "/" + field.getKey())
                        .isTrue();
                assertKept(field.getValue(), after.path(field.getKey()), path + "/" + field.getKey());
            }
        } else if (before instanceof ArrayNode list) {
            int at = 0;
            for (JsonNode item : list) {
                while (!item.path("name").equals(after.path(at).path("name"))) {
                    at++;
                    assertThat(at).as(path + " keeps " + item).isLessThan(after.size());
                }
                assertKept(item, after.path(at++), path + "[]");
            }
        } else {
            assertThat(after).as(path).isEqualTo(before);
        }
    }

    @Provide
    Arbitrary<Integer> versions() {
        return Arbitraries.of(20, 28, 29, 36);
    }

    @Provide
    Arbitrary<ObjectNode> pods() {
        Arbitrary<Map<String, String>> annotations = Arbitraries.maps(
                        Arbitraries.of(
                                "git-repository",
                                "git-revision",
                                "git-path",
                                "git-credentials",
                                "git-mode",
                                "inputs",
                                "variables",
                                "gang",
                                "gang-size"),
                        Arbitraries.of(
                                "https://example.org/a.git",
                                COMMIT,
                                "main",
                                "follow",
                                "once",
                                "train",
                                "bot",
                                "images=pvc://images/train",
                                "tmp=pvc://a\nb=pvc://c",
                                "A=1\nB=secret://s/k",
                                "3",
                                "",
                                "= =\n..",
                                "https://a:b@c/"))
                .ofMaxSize(9);
        Arbitrary<ArrayNode> containers =
                container().list().ofMinSize(1).ofMaxSize(3).map(PodDecoratorProperties::list);
        Arbitrary<ArrayNode> initContainers = container().list().ofMaxSize(2).map(PodDecoratorProperties::list);
        Arbitrary<String> scheduler = Arbitraries.of("default-scheduler", "mlengine", "volcano");
        return Combinators.combine(annotations, containers, initContainers, scheduler)
                .as((wishes, programs, inits, by) -> {
                    ObjectNode pod = Samples.yaml(
                            "{metadata: {namespace: a, labels: {mlengine.io/inject: \"true\"}}, spec: {novelty: {x: 1}}}");
                    wishes.forEach((key, value) ->
                            pod.withObject("/metadata/annotations").put("mlengine.io/" + key, value));
                    ObjectNode spec = pod.withObject("/spec");
                    spec.set("containers", programs);
                    if (!inits.isEmpty()) {
                        spec.set("initContainers", inits);
                    }
                    spec.put("schedulerName", by);
                    spec.putArray("volumes").addObject().put("name", "tmp").putObject("emptyDir");
                    return pod;
                });
    }

    private static Arbitrary<ObjectNode> container() {
        Arbitrary<String> mount = Arbitraries.of("/tmp", "/mlengine/code", "/mlengine/inputs/tmp");
        Arbitrary<String> variable = Arbitraries.of("A", "MLENGINE_CODE_DIR", "PATH");
        return Combinators.combine(mount, variable, Arbitraries.of(true, false)).as((at, name, isBare) -> {
            ObjectNode container = JsonNodeFactory.instance.objectNode().put("image", "i");
            if (!isBare) {
                container
                        .putArray("volumeMounts")
                        .addObject()
                        .put("name", "tmp")
                        .put("mountPath", at);
                container.putArray("env").addObject().put("name", name).put("value", "own");
            }
            return container;
        });
    }

    private static ArrayNode list(Iterable<ObjectNode> containers) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        containers.forEach(container -> list.add(container.deepCopy().put("name", "c" + list.size())));
        return list;
    }
}
