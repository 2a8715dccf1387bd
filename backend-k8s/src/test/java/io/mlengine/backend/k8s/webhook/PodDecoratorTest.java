package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mlengine.backend.k8s.webhook.PodDecorator.Decorated;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodDecoratorTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private final PodDecorator decorator = new PodDecorator(Optional.of("registry/git-sync:v4"), 20);

    private static ObjectNode pod(String... annotations) {
        ObjectNode pod = Samples.yaml("""
                apiVersion: v1
                kind: Pod
                metadata: {name: worker, namespace: team-a, labels: {mlengine.io/inject: "true"}}
                spec:
                  schedulerName: default-scheduler
                  initContainers:
                  - {name: wait, image: busybox}
                  containers:
                  - name: pytorch
                    image: torch
                    env: [{name: EPOCHS, value: "3"}]
                    volumeMounts: [{name: tmp, mountPath: /tmp}]
                  volumes: [{name: tmp, emptyDir: {}}]
                """);
        for (int i = 0; i < annotations.length; i += 2) {
            pod.withObject("/metadata/annotations").put("mlengine.io/" + annotations[i], annotations[i + 1]);
        }
        return pod;
    }

    private JsonNode quietly(String... annotations) {
        Decorated decorated = decorator.decorate(pod(annotations));
        assertThat(decorated.warnings()).isEmpty();
        return decorated.pod().path("spec");
    }

    @Test
    void withoutWishesThePodStaysAsItIs() {
        assertThat(decorator.decorate(pod()).pod()).isEqualTo(pod());
    }

    @Test
    void codeIsBroughtByGitSyncBeforeAllElse() {
        JsonNode spec = quietly(
                "git-repository",
                "https://example.org/team/bert.git",
                "git-revision",
                COMMIT,
                "git-path",
                "train",
                "git-credentials",
                "bot");

        assertThat(spec.path("initContainers")).hasSize(2);
        assertThat(Samples.yaml(spec.at("/initContainers/0").toString())).isEqualTo(Samples.yaml("""
                name: mlengine-code
                image: registry/git-sync:v4
                args:
                - --repo=https://example.org/team/bert.git
                - --ref=0123456789abcdef0123456789abcdef01234567
                - --root=/mlengine/code
                - --link=current
                - --depth=1
                - --submodules=off
                - --group-write
                - --max-failures=3
                - --one-time
                env:
                - {name: HOME, value: /tmp}
                - {name: GITSYNC_USERNAME, valueFrom: {secretKeyRef: {name: bot, key: username}}}
                - {name: GITSYNC_PASSWORD, valueFrom: {secretKeyRef: {name: bot, key: password}}}
                resources:
                  limits: {cpu: "1", memory: 512Mi}
                  requests: {cpu: 100m, memory: 128Mi}
                securityContext:
                  allowPrivilegeEscalation: false
                  capabilities: {drop: [ALL]}
                  runAsNonRoot: true
                  runAsUser: 65533
                  seccompProfile: {type: RuntimeDefault}
                terminationMessagePolicy: FallbackToLogsOnError
                volumeMounts: [{name: mlengine-code, mountPath: /mlengine/code}]
                """));
        assertThat(spec.at("/containers/0/volumeMounts/1"))
                .isEqualTo(Samples.yaml("{name: mlengine-code, mountPath: /mlengine/code, readOnly: true}"));
        assertThat(spec.at("/containers/0/env/1"))
                .isEqualTo(Samples.yaml("{name: MLENGINE_CODE_DIR, value: /mlengine/code/current/train}"));
        assertThat(spec.at("/volumes/1")).isEqualTo(Samples.yaml("{name: mlengine-code, emptyDir: {}}"));
    }

    @Test
    void codeThatFollowsABranchHasASideCar() {
        String[] wishes = {
            "git-repository", "https://example.org/bert.git", "git-revision", "main", "git-mode", "follow"
        };

        JsonNode old = quietly(wishes);
        JsonNode young = new PodDecorator(Optional.of("g"), 29)
                .decorate(pod(wishes))
                .pod()
                .path("spec");

        assertThat(old.at("/containers/1/name").asText()).isEqualTo("mlengine-code-sync");
        assertThat(old.at("/containers/1/args").toString())
                .contains("--period=30s")
                .doesNotContain("one-time");
        assertThat(young.path("containers")).hasSize(1);
        assertThat(young.at("/initContainers/2/restartPolicy").asText()).isEqualTo("Always");
    }

    @Test
    void aPodThatShouldEndIsWarnedOfASideCarThatDoesNot() {
        ObjectNode pod = pod("git-repository", "https://example.org/bert.git", "git-mode", "follow");
        pod.withObject("/spec").put("restartPolicy", "Never");

        assertThat(decorator.decorate(pod).warnings())
                .singleElement()
                .asString()
                .contains("the pod never ends", "mlengine.io/git-mode once");
        assertThat(new PodDecorator(Optional.of("g"), 29).decorate(pod).warnings())
                .isEmpty();
    }

    @Test
    void keysForSshComeFromTheSecretAndOnlyGitSyncSeesThem() {
        JsonNode spec =
                quietly("git-repository", "git@example.org:bert.git", "git-revision", COMMIT, "git-credentials", "bot");

        assertThat(spec.at("/volumes/2"))
                .isEqualTo(Samples.yaml("{name: mlengine-code-keys, secret: {secretName: bot, defaultMode: 292}}"));
        assertThat(spec.at("/initContainers/0/args").toString())
                .contains("--ssh-key-file=/mlengine/code-keys/ssh-privatekey");
        assertThat(spec.at("/initContainers/0/env").toString()).doesNotContain("GITSYNC");
        assertThat(spec.at("/containers/0/volumeMounts").toString()).doesNotContain("keys");
    }

    @Test
    void inputsAreClaimsMountedToBeRead() {
        JsonNode spec = quietly("inputs", "images=pvc://images/train/\ntext-data=pvc://texts");

        assertThat(spec.at("/volumes/1"))
                .isEqualTo(Samples.yaml("{name: mlengine-input-images, persistentVolumeClaim: {claimName: images}}"));
        assertThat(spec.at("/containers/0/volumeMounts/1"))
                .isEqualTo(
                        Samples.yaml(
                                "{name: mlengine-input-images, mountPath: /mlengine/inputs/images, readOnly: true, subPath: train}"));
        assertThat(spec.at("/containers/0/env/2"))
                .isEqualTo(Samples.yaml("{name: MLENGINE_INPUT_TEXT_DATA, value: /mlengine/inputs/text-data}"));
    }

    @Test
    void variablesAreTextOrReferencesAndThePodsOwnWin() {
        JsonNode spec = quietly("variables", "EPOCHS=9\nTOKEN=secret://wandb/token\nMODE=fast=yes");

        assertThat(spec.at("/containers/0/env")).isEqualTo(Samples.yaml("""
                env:
                - {name: EPOCHS, value: "3"}
                - {name: MODE, value: "fast=yes"}
                - {name: TOKEN, valueFrom: {secretKeyRef: {name: wandb, key: token}}}
                """).path("env"));
    }

    @Test
    void aGangGetsItsLabelAndOurScheduler() {
        ObjectNode decorated =
                decorator.decorate(pod("gang", "bert", "gang-size", "4")).pod();

        assertThat(decorated.at("/spec/schedulerName").asText()).isEqualTo("mlengine");
        assertThat(decorated.at("/metadata/labels/mlengine.io~1gang").asText()).isEqualTo("bert");
    }

    @ParameterizedTest
    @CsvSource({
        "git-repository, https://ann:hunter2@example.org/bert.git",
        "git-repository, /srv/bert.git",
        "git-repository, --upload-pack=hunter2",
        "inputs, images=/data",
        "inputs, images=pvc://images/../other",
        "inputs, hunter2",
        "variables, 1A=hunter2",
        "variables, hunter2",
        "gang, bert"
    })
    void whatCannotBeReadIsLeftOutWithAWarningThatRepeatsNoValue(String annotation, String value) {
        Decorated decorated = decorator.decorate(pod(annotation, value));

        assertThat(decorated.pod().path("spec")).isEqualTo(pod().path("spec"));
        assertThat(decorated.warnings())
                .singleElement()
                .asString()
                .contains(annotation)
                .doesNotContain("hunter");
    }

    @ParameterizedTest
    @CsvSource({"git-revision, -x", "git-path, ../x", "git-credentials, Not_A_Name", "git-mode, sometimes"})
    void aBadPartOfTheCodeLeavesAllOfItOut(String annotation, String value) {
        Decorated decorated =
                decorator.decorate(pod("git-repository", "https://example.org/bert.git", annotation, value));

        assertThat(decorated.pod().path("spec")).isEqualTo(pod().path("spec"));
        assertThat(decorated.warnings()).singleElement().asString().contains(annotation, "no code is brought");
    }

    @Test
    void aBranchIsToldToBeNoCommit() {
        Decorated decorated =
                decorator.decorate(pod("git-repository", "https://example.org/bert.git", "git-revision", "main"));

        assertThat(decorated.pod().at("/spec/initContainers")).hasSize(2);
        assertThat(decorated.warnings()).singleElement().asString().contains("is not the id of a commit");
    }

    @Test
    void anotherSchedulerAndAnotherVolumeOfThatNameStay() {
        ObjectNode pod = pod("gang", "bert", "gang-size", "4", "inputs", "images=pvc://images");
        pod.withObject("/spec").put("schedulerName", "volcano");
        pod.withArray("/spec/volumes")
                .addObject()
                .put("name", "mlengine-input-images")
                .putObject("emptyDir");

        Decorated decorated = decorator.decorate(pod);

        assertThat(decorated.pod()).isEqualTo(pod);
        assertThat(decorated.warnings()).hasSize(2);
    }

    @Test
    void withoutAnImageOfGitSyncNoCodeIsBrought() {
        Decorated decorated = new PodDecorator(Optional.empty(), 20)
                .decorate(pod("git-repository", "https://example.org/bert.git", "git-revision", COMMIT));

        assertThat(decorated.pod().path("spec")).isEqualTo(pod().path("spec"));
        assertThat(decorated.warnings()).singleElement().asString().contains("git-sync");
    }

    @Test
    void systemNamespacesOurOwnAndPodsWithoutOurLabelAreLeftAlone() {
        PodAdmission admission = new PodAdmission(decorator, "mlengine-system");
        ObjectNode pod = pod("variables", "A=1");
        assertThat(admission.admit(Samples.create(pod)).patch()).isNotEmpty();

        for (String namespace : new String[] {"kube-system", "mlengine-system"}) {
            ObjectNode moved = pod.deepCopy();
            moved.withObject("/metadata").put("namespace", namespace);
            assertThat(admission.admit(Samples.create(moved))).isEqualTo(Verdict.ALLOWED);
        }
        ObjectNode bare = pod.deepCopy();
        bare.withObject("/metadata").remove("labels");
        assertThat(admission.admit(Samples.create(bare))).isEqualTo(Verdict.ALLOWED);
        assertThat(admission.admit(Samples.update(pod, pod))).isEqualTo(Verdict.ALLOWED);
    }
}
